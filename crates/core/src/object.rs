use core::fmt;
use core::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A JSON object inside an answer: serde's derive alone would also take an array of the members' values for a struct.
///
/// [`Reply::json`](crate::Reply::json) sees to the outermost object. A struct inside it says it itself, alone or in an
/// `Option` or a `Vec`. Nothing is buffered on the way: a secret in it is not copied once more.
///
/// ```
/// use authwire_core::Object;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Page {
///     name: String,
/// }
/// #[derive(Deserialize)]
/// struct Answer {
///     page: Object<Page>,
/// }
/// let Answer { page: Object(page) } = serde_json::from_str(r#"{"page":{"name":"first"}}"#).unwrap();
/// assert_eq!(page.name, "first");
/// assert!(serde_json::from_str::<Answer>(r#"{"page":["first"]}"#).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OnlyMap(PhantomData))
    }
}

struct OnlyMap<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OnlyMap<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}
