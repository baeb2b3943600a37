//! `#[rule]` and `#[ledger]`.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::parse::Parser;
use syn::{Error, ImplItem, ItemImpl, LitStr, Result, Type, Visibility};

use crate::method::Method;

/// Longest name of a contract in bytes.
const NAME_BYTES_MAX: usize = 64;

/// What is being made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Rule,
    Ledger,
}

/// The attribute's arguments.
pub(crate) struct Title {
    name: String,
    version: String,
    zh: String,
    en: String,
}

impl Title {
    pub(crate) fn parse(tokens: TokenStream) -> Result<Self> {
        let (mut name, mut version, mut zh, mut en) = (None, None, None, None);
        let parser = syn::meta::parser(|meta| {
            let slot = match &meta.path {
                path if path.is_ident("name") => &mut name,
                path if path.is_ident("version") => &mut version,
                path if path.is_ident("zh") => &mut zh,
                path if path.is_ident("en") => &mut en,
                _ => return Err(meta.error("expected name, version, zh or en")),
            };
            *slot = Some(meta.value()?.parse::<LitStr>()?);
            Ok(())
        });
        parser.parse2(tokens)?;
        let (Some(name), Some(version), Some(zh), Some(en)) = (name, version, zh, en) else {
            let text = "expected (name = \"…\", version = \"1.0.0\", zh = \"…\", en = \"…\")";
            return Err(Error::new(proc_macro2::Span::call_site(), text));
        };
        check_name(&name)?;
        Ok(Title {
            name: name.value(),
            version: version.value(),
            zh: zh.value(),
            en: en.value(),
        })
    }
}

fn check_name(name: &LitStr) -> Result<()> {
    let text = name.value();
    let lawful = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if text.is_empty() || text.len() > NAME_BYTES_MAX || !text.bytes().all(lawful) {
        let message = "a contract's name is at most 64 of a-z, 0-9 and '-'";
        return Err(Error::new_spanned(name, message));
    }
    Ok(())
}

pub(crate) fn expand(kind: Kind, title: &Title, mut item: ItemImpl) -> Result<TokenStream> {
    if item.trait_.is_some() || !item.generics.params.is_empty() {
        return Err(Error::new_spanned(&item, "expected a plain impl block"));
    }
    let methods = read_methods(kind, &mut item)?;
    let owner = &*item.self_ty;
    let interface = describe(kind, title, owner, &methods);
    let invoke = invoke(kind, owner, &methods);
    let exports = exports(kind, owner, &methods);
    Ok(quote! {
        #item

        #interface
        #invoke
        #exports
    })
}

fn read_methods(kind: Kind, item: &mut ItemImpl) -> Result<Vec<Method>> {
    let mut methods = Vec::new();
    for entry in &mut item.items {
        if let ImplItem::Fn(function) = entry
            && matches!(function.vis, Visibility::Public(_))
        {
            methods.push(Method::read(kind, function)?);
        }
    }
    if methods.is_empty() {
        return Err(Error::new_spanned(
            item,
            "no public function: a contract has methods",
        ));
    }
    Ok(methods)
}

/// The implementation of `Contract`: the interface as a constant, and as text.
fn describe(kind: Kind, title: &Title, owner: &Type, methods: &[Method]) -> TokenStream {
    let Title {
        name,
        version,
        zh,
        en,
    } = title;
    let kind = match kind {
        Kind::Rule => quote!(Rule),
        Kind::Ledger => quote!(Ledger),
    };
    let mut seen = BTreeSet::new();
    let errors = methods
        .iter()
        .filter(|method| seen.insert(method.error_key()))
        .map(Method::errors);
    let methods = methods.iter().map(Method::describe);
    quote! {
        impl ::yilian_contract::Contract for #owner {
            const INTERFACE: &'static ::yilian_contract::interface::Interface =
                &::yilian_contract::interface::Interface {
                    kind: ::yilian_contract::interface::Kind::#kind,
                    name: #name,
                    version: #version,
                    zh: #zh,
                    en: #en,
                    methods: &[#(#methods),*],
                    errors: &[#(#errors),*],
                };
            #[allow(long_running_const_eval)]
            const INTERFACE_JSON: &'static [u8] = {
                const LENGTH: usize = ::yilian_contract::interface::length(
                    <#owner as ::yilian_contract::Contract>::INTERFACE,
                );
                &::yilian_contract::interface::render::<LENGTH>(
                    <#owner as ::yilian_contract::Contract>::INTERFACE,
                )
            };
        }

        const _: () = ::yilian_contract::interface::assert_codes_unique(
            <#owner as ::yilian_contract::Contract>::INTERFACE,
        );
    }
}

/// The implementation of `Rule` or `Ledger`, by which native hosts call it.
fn invoke(kind: Kind, owner: &Type, methods: &[Method]) -> TokenStream {
    let names = methods.iter().map(|method| &method.name);
    let closures = methods.iter().map(|method| method.closure(kind, owner));
    let outcome = quote! {
        ::core::option::Option<
            ::core::result::Result<::std::vec::Vec<u8>, ::yilian_contract::Refusal>
        >
    };
    match kind {
        Kind::Rule => quote! {
            impl ::yilian_contract::Rule for #owner {
                fn invoke(method: &str, args: &[u8]) -> #outcome {
                    ::core::option::Option::Some(match method {
                        #(#names => ::yilian_contract::run::rule(args, #closures),)*
                        _ => return ::core::option::Option::None,
                    })
                }
            }
        },
        Kind::Ledger => quote! {
            impl ::yilian_contract::Ledger for #owner {
                fn invoke(
                    ctx: &mut ::yilian_contract::Context,
                    method: &str,
                    args: &[u8],
                ) -> #outcome {
                    ::core::option::Option::Some(match method {
                        #(#names => ::yilian_contract::run::ledger(ctx, args, #closures),)*
                        _ => return ::core::option::Option::None,
                    })
                }
            }
        },
    }
}

/// The wasm exports and the custom section. A contract used as a library (for its types) has none.
fn exports(kind: Kind, owner: &Type, methods: &[Method]) -> TokenStream {
    let run = match kind {
        Kind::Rule => quote!(export_rule),
        Kind::Ledger => quote!(export_ledger),
    };
    let shims = methods.iter().map(|method| {
        let (name, closure) = (&method.name, method.closure(kind, owner));
        let shim = format_ident!("__export_{name}");
        quote! {
            #[unsafe(export_name = #name)]
            extern "C" fn #shim() {
                ::yilian_contract::run::#run(#closure)
            }
        }
    });
    quote! {
        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code, unexpected_cfgs)]
        const _: () = {
            #[cfg(not(feature = "library"))]
            const _: () = {
            #(#shims)*

            const LENGTH: usize = ::yilian_contract::interface::length(
                <#owner as ::yilian_contract::Contract>::INTERFACE,
            );

            #[allow(long_running_const_eval)]
            #[unsafe(link_section = "yilian.interface")]
            pub static SECTION: [u8; LENGTH] = ::yilian_contract::interface::render::<LENGTH>(
                <#owner as ::yilian_contract::Contract>::INTERFACE,
            );
            };
        };
    }
}
