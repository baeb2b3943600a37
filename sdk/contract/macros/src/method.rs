//! One method of a contract, as its signature says.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{
    Error, FnArg, GenericArgument, Ident, ImplItemFn, PathArguments, Result, ReturnType, Type,
};

use crate::contract::Kind;
use crate::docs::{plain, titles};

/// Export names that belong to the compiler, the linker or the host.
const RESERVED: [&str; 9] = [
    "memory", "memcpy", "memmove", "memset", "memcmp", "bcmp", "strlen", "main", "_start",
];

/// A public function of the `impl` block.
pub(crate) struct Method {
    ident: Ident,
    pub(crate) name: String,
    view: bool,
    zh: String,
    en: String,
    args: Option<Type>,
    result: Type,
}

impl Method {
    /// Reads a function and takes its `#[view]` away, which the compiler does not know.
    pub(crate) fn read(kind: Kind, function: &mut ImplItemFn) -> Result<Self> {
        let marked = function.attrs.len();
        function.attrs.retain(|one| !one.path().is_ident("view"));
        let view = function.attrs.len() < marked;
        let signature = &function.sig;
        let name = plain(&signature.ident);
        if RESERVED.contains(&name.as_str()) || name.starts_with("__") {
            return Err(Error::new_spanned(
                &signature.ident,
                "this name is reserved",
            ));
        }
        if !signature.generics.params.is_empty() || signature.asyncness.is_some() {
            return Err(Error::new_spanned(
                signature,
                "a method is a plain function",
            ));
        }
        let (zh, en) = titles(&function.attrs).ok_or_else(|| {
            Error::new_spanned(
                &signature.ident,
                "a method needs a title: /// zh: … | en: …",
            )
        })?;
        let ReturnType::Type(_, result) = &signature.output else {
            return Err(Error::new_spanned(signature, "a method returns a Result"));
        };
        let mut inputs = signature.inputs.iter();
        if kind == Kind::Ledger {
            check_context(inputs.next(), view, &signature.ident)?;
        } else if view {
            return Err(Error::new_spanned(
                signature,
                "all methods of a rule are views",
            ));
        }
        let args = inputs.next().map(argument_type).transpose()?;
        if let Some(third) = inputs.next() {
            return Err(Error::new_spanned(
                third,
                "a method takes one argument: put several into a struct that derives Json",
            ));
        }
        Ok(Method {
            ident: signature.ident.clone(),
            name,
            view: view || kind == Kind::Rule,
            zh,
            en,
            args,
            result: (**result).clone(),
        })
    }

    fn args_type(&self) -> TokenStream {
        match &self.args {
            Some(ty) => ty.to_token_stream(),
            None => quote!(::yilian_contract::json::Empty),
        }
    }

    /// Its entry in the interface.
    pub(crate) fn describe(&self) -> TokenStream {
        let (name, view, zh, en) = (&self.name, self.view, &self.zh, &self.en);
        let (args, result) = (self.args_type(), &self.result);
        quote! {
            ::yilian_contract::interface::Method {
                name: #name,
                view: #view,
                zh: #zh,
                en: #en,
                args: <#args as ::yilian_contract::Json>::SCHEMA,
                result: <
                    <#result as ::yilian_contract::interface::MethodResult>::Ok
                    as ::yilian_contract::Json
                >::SCHEMA,
            }
        }
    }

    /// Its list of errors in the interface.
    pub(crate) fn errors(&self) -> TokenStream {
        let result = &self.result;
        quote! {
            <
                <#result as ::yilian_contract::interface::MethodResult>::Error
                as ::yilian_contract::ContractError
            >::ERRORS
        }
    }

    /// Equal for methods with the same error type, as far as the source shows.
    pub(crate) fn error_key(&self) -> String {
        if let Type::Path(path) = &self.result
            && let Some(last) = path.path.segments.last()
            && let PathArguments::AngleBracketed(arguments) = &last.arguments
            && let Some(GenericArgument::Type(error)) = arguments.args.iter().nth(1)
        {
            return error.to_token_stream().to_string();
        }
        self.result.to_token_stream().to_string()
    }

    /// A closure over the decoded argument that runs the function.
    pub(crate) fn closure(&self, kind: Kind, owner: &Type) -> TokenStream {
        let (ident, args) = (&self.ident, self.args_type());
        match (kind, &self.args) {
            (Kind::Rule, Some(_)) => quote!(|args: #args| <#owner>::#ident(args)),
            (Kind::Rule, None) => quote!(|_: #args| <#owner>::#ident()),
            (Kind::Ledger, Some(_)) => quote! {
                |ctx: &mut ::yilian_contract::Context, args: #args| <#owner>::#ident(ctx, args)
            },
            (Kind::Ledger, None) => quote! {
                |ctx: &mut ::yilian_contract::Context, _: #args| <#owner>::#ident(ctx)
            },
        }
    }
}

/// A ledger's method takes the context first, and a view may not take it mutably.
fn check_context(first: Option<&FnArg>, view: bool, name: &Ident) -> Result<()> {
    let Some(FnArg::Typed(argument)) = first else {
        return Err(Error::new_spanned(
            name,
            "a ledger's method takes the context first",
        ));
    };
    let Type::Reference(reference) = &*argument.ty else {
        return Err(Error::new_spanned(
            argument,
            "expected ctx: &mut Context or ctx: &Context",
        ));
    };
    if view && reference.mutability.is_some() {
        return Err(Error::new_spanned(
            argument,
            "a view changes nothing: take ctx: &Context",
        ));
    }
    Ok(())
}

fn argument_type(argument: &FnArg) -> Result<Type> {
    match argument {
        FnArg::Typed(typed) => Ok((*typed.ty).clone()),
        FnArg::Receiver(receiver) => Err(Error::new_spanned(
            receiver,
            "a contract has no self: state is in Map and Item",
        )),
    }
}
