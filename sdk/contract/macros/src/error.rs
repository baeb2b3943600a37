//! `#[derive(ContractError)]`.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, LitInt, LitStr, Result, Variant};

/// Smallest code a contract may use; the host has those below.
const OWN_CODES_FROM: u32 = 100;

/// What a variant's attribute says.
enum Meaning {
    /// Passes on another contract's refusal.
    Transparent,
    /// An error of this contract.
    Own {
        code: u32,
        zh: LitStr,
        en: LitStr,
        law: String,
    },
}

pub(crate) fn derive(item: DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &item.data else {
        return Err(Error::new_spanned(
            &item.ident,
            "contract errors are an enum",
        ));
    };
    let name = &item.ident;
    let mut seen = BTreeMap::new();
    let (mut infos, mut arms, mut from) = (Vec::new(), Vec::new(), TokenStream::new());
    for variant in &data.variants {
        let ident = &variant.ident;
        match meaning(variant)? {
            Meaning::Transparent => {
                from = from_refusal(name, variant)?;
                arms.push(quote!(#name::#ident(refusal) => refusal,));
            }
            Meaning::Own { code, zh, en, law } => {
                if let Some(other) = seen.insert(code, ident.to_string()) {
                    let text = format!("code {code} already stands for {other}");
                    return Err(Error::new_spanned(variant, text));
                }
                arms.push(refusal_arm(name, variant, infos.len())?);
                let text = ident.to_string();
                infos.push(quote! {
                    ::yilian_contract::ErrorInfo {
                        code: #code, name: #text, zh: #zh, en: #en, law: #law,
                    }
                });
            }
        }
    }
    Ok(quote! {
        #[automatically_derived]
        impl ::yilian_contract::ContractError for #name {
            const ERRORS: &'static [::yilian_contract::ErrorInfo] = &[#(#infos),*];
        }

        #[automatically_derived]
        impl ::core::convert::From<#name> for ::yilian_contract::Refusal {
            fn from(error: #name) -> Self {
                match error { #(#arms)* }
            }
        }

        #from
    })
}

fn refusal_arm(name: &syn::Ident, variant: &Variant, index: usize) -> Result<TokenStream> {
    let ident = &variant.ident;
    let info = quote!(<#name as ::yilian_contract::ContractError>::ERRORS[#index]);
    match &variant.fields {
        Fields::Unit => Ok(quote! {
            #name::#ident => #info.refusal(::std::string::String::new()),
        }),
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => Ok(quote! {
            #name::#ident(detail) => #info.refusal(::core::convert::Into::into(detail)),
        }),
        _ => Err(Error::new_spanned(
            variant,
            "an error is bare or holds one String: the detail",
        )),
    }
}

fn from_refusal(name: &syn::Ident, variant: &Variant) -> Result<TokenStream> {
    let ident = &variant.ident;
    match &variant.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => Ok(quote! {
            #[automatically_derived]
            impl ::core::convert::From<::yilian_contract::Refusal> for #name {
                fn from(refusal: ::yilian_contract::Refusal) -> Self {
                    #name::#ident(refusal)
                }
            }
        }),
        _ => Err(Error::new_spanned(
            variant,
            "a transparent error holds one Refusal",
        )),
    }
}

fn meaning(variant: &Variant) -> Result<Meaning> {
    let attribute = variant
        .attrs
        .iter()
        .find(|attribute| attribute.path().is_ident("error"))
        .ok_or_else(|| {
            Error::new_spanned(
                variant,
                "say what it means: #[error(code = 101, zh = \"…\", en = \"…\", law = \"…\")]",
            )
        })?;
    let (mut code, mut zh, mut en) = (None, None, None);
    let (mut law, mut transparent) = (String::new(), false);
    attribute.parse_nested_meta(|meta| {
        if meta.path.is_ident("transparent") {
            transparent = true;
        } else if meta.path.is_ident("code") {
            code = Some(meta.value()?.parse::<LitInt>()?);
        } else if meta.path.is_ident("zh") {
            zh = Some(meta.value()?.parse::<LitStr>()?);
        } else if meta.path.is_ident("en") {
            en = Some(meta.value()?.parse::<LitStr>()?);
        } else if meta.path.is_ident("law") {
            law = meta.value()?.parse::<LitStr>()?.value();
        } else {
            return Err(meta.error("expected code, zh, en, law or transparent"));
        }
        Ok(())
    })?;
    if transparent {
        return Ok(Meaning::Transparent);
    }
    let (Some(code), Some(zh), Some(en)) = (code, zh, en) else {
        return Err(Error::new_spanned(attribute, "code, zh and en are needed"));
    };
    let number = code.base10_parse::<u32>()?;
    if number < OWN_CODES_FROM {
        return Err(Error::new_spanned(
            code,
            "codes below 100 are the host's own",
        ));
    }
    Ok(Meaning::Own {
        code: number,
        zh,
        en,
        law,
    })
}
