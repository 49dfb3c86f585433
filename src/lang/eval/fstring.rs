//! f-strings.

use crate::data::Result;
use crate::lang::machine::Machine;
use crate::lang::repr::{ascii, format_value, repr, text_of};
use crate::lang::scope::Env;
use crate::lang::syntax::{Conversion, FPart};
use crate::lang::value::Value;

impl Machine<'_> {
    /// The text of an f-string's parts.
    pub(super) fn fstring(&self, parts: &[FPart], env: &Env) -> Result<String> {
        let mut out = String::new();
        for part in parts {
            match part {
                FPart::Literal(text) => out.push_str(text),
                FPart::Field { expr, conversion, spec } => {
                    let value = self.eval(expr, env)?;
                    let value = self.converted(value, *conversion)?;
                    let spec = spec.as_ref().map_or(Ok(String::new()), |parts| self.fstring(parts, env))?;
                    let text = format_value(self, &value, &spec);
                    out.push_str(&text.map_err(|error| super::expression::at_span(error, expr.span))?);
                }
            }
        }
        Ok(out)
    }

    fn converted(&self, value: Value, conversion: Option<Conversion>) -> Result<Value> {
        Ok(match conversion {
            None => value,
            Some(Conversion::Str) => Value::str(text_of(self, &value)?),
            Some(Conversion::Repr) => Value::str(repr(self, &value)?),
            Some(Conversion::Ascii) => Value::str(ascii(&repr(self, &value)?)),
        })
    }
}
