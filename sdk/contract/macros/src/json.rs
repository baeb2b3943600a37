//! `#[derive(Json)]`.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{Data, DataEnum, DeriveInput, Error, Field, Fields, Result, Type, Variant};

use crate::docs::{description, plain, snake_case};

/// The body of an implementation: schema, writer, reader.
struct Form {
    schema: TokenStream,
    optional: TokenStream,
    write: TokenStream,
    read: TokenStream,
    rest: TokenStream,
}

pub(crate) fn derive(item: DeriveInput) -> Result<TokenStream> {
    let form = match &item.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(_) => object_form(&item, &data.fields)?,
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                transparent_form(&fields.unnamed[0].ty)
            }
            _ => return Err(wrong(&item, "named fields, or one unnamed field")),
        },
        Data::Enum(data) => enum_form(&item, data)?,
        Data::Union(_) => return Err(wrong(&item, "a struct or an enum")),
    };
    let name = &item.ident;
    let mut generics = item.generics.clone();
    for parameter in generics.type_params_mut() {
        parameter
            .bounds
            .push(syn::parse_quote!(::yilian_contract::Json));
    }
    let (parameters, arguments, conditions) = generics.split_for_impl();
    let Form {
        schema,
        optional,
        write,
        read,
        rest,
    } = form;
    Ok(quote! {
        #[automatically_derived]
        impl #parameters ::yilian_contract::Json for #name #arguments #conditions {
            const SCHEMA: &'static ::yilian_contract::schema::Schema = #schema;
            #optional

            fn write(&self, __out: &mut ::yilian_contract::json::Writer) {
                #write
            }

            fn read(
                __input: &mut ::yilian_contract::json::Reader<'_>,
            ) -> ::core::result::Result<Self, ::yilian_contract::JsonError> {
                #read
            }

            #rest
        }
    })
}

fn wrong(item: &DeriveInput, expected: &str) -> Error {
    Error::new_spanned(&item.ident, format!("a JSON type has {expected}"))
}

fn transparent_form(inner: &Type) -> Form {
    Form {
        schema: quote!(<#inner as ::yilian_contract::Json>::SCHEMA),
        optional: quote!(const OPTIONAL: bool = <#inner as ::yilian_contract::Json>::OPTIONAL;),
        write: quote!(::yilian_contract::Json::write(&self.0, __out);),
        read: quote!(::yilian_contract::Json::read(__input).map(Self)),
        rest: quote! {
            fn absent() -> ::core::option::Option<Self> {
                <#inner as ::yilian_contract::Json>::absent().map(Self)
            }

            fn is_absent(&self) -> bool {
                ::yilian_contract::Json::is_absent(&self.0)
            }
        },
    }
}

fn object_form(item: &DeriveInput, fields: &Fields) -> Result<Form> {
    let fields = sorted(fields);
    let schema = object_schema(&description(&item.attrs), &fields);
    let writes = fields.iter().map(|field| {
        let ident = &field.ident;
        let name = name_of(field);
        quote!(__object.field(#name, &self.#ident);)
    });
    let read = read_object(&quote!(Self), &fields);
    Ok(Form {
        schema,
        optional: TokenStream::new(),
        write: quote! {
            #[allow(unused_mut)]
            let mut __object = __out.object();
            #(#writes)*
            __object.end();
        },
        read,
        rest: TokenStream::new(),
    })
}

/// Named fields in canonical order: that of their names' UTF-16 code units (RFC 8785 section 3.2.3).
fn sorted(fields: &Fields) -> Vec<&Field> {
    let mut fields: Vec<_> = fields.iter().collect();
    fields.sort_by_cached_key(|field| name_of(field).encode_utf16().collect::<Vec<_>>());
    fields
}

fn name_of(field: &Field) -> String {
    field.ident.as_ref().map(plain).unwrap_or_default()
}

fn object_schema(about: &str, fields: &[&Field]) -> TokenStream {
    let fields = fields.iter().map(|field| {
        let (name, about, ty) = (name_of(field), description(&field.attrs), &field.ty);
        quote! {
            ::yilian_contract::schema::Field {
                name: #name,
                description: #about,
                required: !<#ty as ::yilian_contract::Json>::OPTIONAL,
                schema: <#ty as ::yilian_contract::Json>::SCHEMA,
            }
        }
    });
    quote! {
        &::yilian_contract::schema::Schema::Object {
            description: #about,
            fields: &[#(#fields),*],
        }
    }
}

/// An expression (of type `Result<Self, JsonError>`) that reads an object into a constructor.
fn read_object(constructor: &TokenStream, fields: &[&Field]) -> TokenStream {
    let names: Vec<_> = fields.iter().map(|field| name_of(field)).collect();
    let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    let types = fields.iter().map(|field| &field.ty);
    let slots: Vec<_> = (0..fields.len())
        .map(|index| format_ident!("__slot_{index}"))
        .collect();
    let known = names.join(", ");
    quote! {{
        let mut __entries = __input.enter_object("an object")?;
        #(let mut #slots: ::core::option::Option<#types> = ::core::option::Option::None;)*
        while let ::core::option::Option::Some(__key) = __input.next_key(&mut __entries)? {
            match &*__key {
                #(#names => __input.field(#names, &mut #slots)?,)*
                _ => return ::core::result::Result::Err(
                    ::yilian_contract::json::fields::unknown(&__key, #known),
                ),
            }
        }
        ::core::result::Result::Ok(#constructor {
            #(#idents: ::yilian_contract::json::fields::present(#names, #slots)?),*
        })
    }}
}

/// A variant and its JSON name.
struct Choice<'v> {
    name: String,
    variant: &'v Variant,
}

fn enum_form(item: &DeriveInput, data: &DataEnum) -> Result<Form> {
    let choices: Vec<_> = data
        .variants
        .iter()
        .map(|variant| Choice {
            name: snake_case(&variant.ident),
            variant,
        })
        .collect();
    if let Some(choice) = choices.iter().find(|choice| !choice.is_supported()) {
        return Err(Error::new_spanned(
            choice.variant,
            "a variant is bare, has named fields, or one unnamed field",
        ));
    }
    let (bare, full): (Vec<_>, Vec<_>) = choices.iter().partition(|choice| choice.is_bare());
    let names: Vec<_> = choices.iter().map(|choice| choice.name.as_str()).collect();
    let expected = format!("one of {}", names.join(", "));
    let writes = choices.iter().map(Choice::write);
    Ok(Form {
        schema: enum_schema(&description(&item.attrs), &bare, &full),
        optional: TokenStream::new(),
        write: quote!(match self { #(#writes)* }),
        read: read_enum(&expected, &bare, &full),
        rest: TokenStream::new(),
    })
}

fn enum_schema(about: &str, bare: &[&Choice<'_>], full: &[&Choice<'_>]) -> TokenStream {
    let texts = bare.iter().map(|choice| &choice.name);
    let objects = full.iter().map(|choice| {
        let (name, about) = (&choice.name, description(&choice.variant.attrs));
        let schema = match &choice.variant.fields {
            Fields::Unnamed(fields) => {
                let ty = &fields.unnamed[0].ty;
                quote!(<#ty as ::yilian_contract::Json>::SCHEMA)
            }
            fields => object_schema("", &sorted(fields)),
        };
        quote! {
            ::yilian_contract::schema::Field {
                name: #name,
                description: #about,
                required: true,
                schema: #schema,
            }
        }
    });
    quote! {
        &::yilian_contract::schema::Schema::Choice {
            description: #about,
            texts: &[#(#texts),*],
            objects: &[#(#objects),*],
        }
    }
}

fn read_enum(expected: &str, bare: &[&Choice<'_>], full: &[&Choice<'_>]) -> TokenStream {
    let names = bare.iter().map(|choice| &choice.name);
    let idents = bare.iter().map(|choice| &choice.variant.ident);
    let text = quote! {
        match &*__input.text(#expected)? {
            #(#names => ::core::result::Result::Ok(Self::#idents),)*
            _ => ::core::result::Result::Err(
                ::yilian_contract::JsonError::new(#expected, "another text"),
            ),
        }
    };
    if full.is_empty() {
        return text;
    }
    let arms = full.iter().map(|choice| choice.read_arm());
    quote! {
        if __input.is_text() {
            return #text;
        }
        let mut __choice = __input.enter_object(#expected)?;
        let __name = __input.next_key(&mut __choice)?.unwrap_or_default();
        let __value = match &*__name {
            #(#arms)*
            _ => return ::core::result::Result::Err(
                ::yilian_contract::JsonError::new(#expected, "another choice"),
            ),
        }?;
        match __input.next_key(&mut __choice)? {
            ::core::option::Option::None => ::core::result::Result::Ok(__value),
            ::core::option::Option::Some(_) => ::core::result::Result::Err(
                ::yilian_contract::JsonError::new("one choice", "several"),
            ),
        }
    }
}

impl Choice<'_> {
    fn is_bare(&self) -> bool {
        matches!(self.variant.fields, Fields::Unit)
    }

    fn is_supported(&self) -> bool {
        match &self.variant.fields {
            Fields::Unnamed(fields) => fields.unnamed.len() == 1,
            _ => true,
        }
    }

    /// A match arm that writes this variant.
    fn write(&self) -> TokenStream {
        let (name, ident) = (&self.name, &self.variant.ident);
        match &self.variant.fields {
            Fields::Unit => quote!(Self::#ident => __out.text(#name),),
            Fields::Unnamed(_) => quote! {
                Self::#ident(__inner) => {
                    let mut __object = __out.object();
                    __object.entry(#name, __inner);
                    __object.end();
                }
            },
            fields => {
                let fields = sorted(fields);
                let names = fields.iter().map(|field| name_of(field));
                let idents: Vec<&Option<Ident>> = fields.iter().map(|field| &field.ident).collect();
                let bindings: Vec<_> = (0..fields.len())
                    .map(|index| format_ident!("__field_{index}"))
                    .collect();
                quote! {
                    Self::#ident { #(#idents: #bindings),* } => {
                        let mut __object = __out.object();
                        #[allow(unused_mut)]
                        let mut __inner = __object.object(#name);
                        #(__inner.field(#names, #bindings);)*
                        __inner.end();
                        __object.end();
                    }
                }
            }
        }
    }

    /// A match arm that reads this variant's value, the key being read.
    fn read_arm(&self) -> TokenStream {
        let (name, ident) = (&self.name, &self.variant.ident);
        let read = match &self.variant.fields {
            Fields::Unnamed(_) => quote!(::yilian_contract::Json::read(__input).map(Self::#ident)),
            fields => read_object(&quote!(Self::#ident), &sorted(fields)),
        };
        quote! {
            #name => {
                let mut __read = || -> ::core::result::Result<Self, ::yilian_contract::JsonError> {
                    #read
                };
                __read().map_err(|error| error.in_field(#name))
            }
        }
    }
}
