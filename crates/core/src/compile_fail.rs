//! What must not compile, one rule each. Only doctests see this file; each block differs from one that compiles (the first)
//! by its one mistake.
//!
//! ```
//! # use authwire_core::Route;
//! const ROUTE: Route = Route::get("/users/{id}/{part}/").except("part", "email");
//! # fn main() { let _ = ROUTE; }
//! ```
//!
//! No slash at the start:
//! ```compile_fail
//! # use authwire_core::Route;
//! const ROUTE: Route = Route::get("users/{id}/{part}/").except("part", "email");
//! # fn main() { let _ = ROUTE; }
//! ```
//!
//! An empty segment:
//! ```compile_fail
//! # use authwire_core::Route;
//! const ROUTE: Route = Route::get("/users//{id}/{part}/").except("part", "email");
//! # fn main() { let _ = ROUTE; }
//! ```
//!
//! A dot segment:
//! ```compile_fail
//! # use authwire_core::Route;
//! const ROUTE: Route = Route::get("/users/../{id}/{part}/").except("part", "email");
//! # fn main() { let _ = ROUTE; }
//! ```
//!
//! A character that is not unreserved:
//! ```compile_fail
//! # use authwire_core::Route;
//! const ROUTE: Route = Route::get("/users?/{id}/{part}/").except("part", "email");
//! # fn main() { let _ = ROUTE; }
//! ```
//!
//! A value that is a part of a segment:
//! ```compile_fail
//! # use authwire_core::Route;
//! const ROUTE: Route = Route::get("/users/{id}x/{part}/").except("part", "email");
//! # fn main() { let _ = ROUTE; }
//! ```
//!
//! A value without a name:
//! ```compile_fail
//! # use authwire_core::Route;
//! const ROUTE: Route = Route::get("/users/{}/{part}/").except("part", "email");
//! # fn main() { let _ = ROUTE; }
//! ```
//!
//! A name that stands twice:
//! ```compile_fail
//! # use authwire_core::Route;
//! const ROUTE: Route = Route::get("/users/{part}/{part}/").except("part", "email");
//! # fn main() { let _ = ROUTE; }
//! ```
//!
//! Five values:
//! ```compile_fail
//! # use authwire_core::Route;
//! const ROUTE: Route = Route::get("/users/{id}/{part}/{a}/{b}/{c}").except("part", "email");
//! # fn main() { let _ = ROUTE; }
//! ```
//!
//! An exception for a value that is not there:
//! ```compile_fail
//! # use authwire_core::Route;
//! const ROUTE: Route = Route::get("/users/{id}/{part}/").except("parts", "email");
//! # fn main() { let _ = ROUTE; }
//! ```
//!
//! An excepted word that no value could be:
//! ```compile_fail
//! # use authwire_core::Route;
//! const ROUTE: Route = Route::get("/users/{id}/{part}/").except("part", "e/mail");
//! # fn main() { let _ = ROUTE; }
//! ```
//!
//! # The index
//!
//! ```
//! # use authwire_core::*;
//! # pub struct Toy(BaseUrl);
//! # impl Provider for Toy { fn base(&self) -> &BaseUrl { &self.0 } fn authenticate(&self, _: &mut Draft) {} }
//! pub struct Ask { id: String }
//! impl Endpoint for Ask {
//!     const IDEMPOTENT: bool = true;
//!     const ROUTE: Route = Route::get("/ask/{id}");
//! #   type Provider = Toy;
//! #   type Output = ();
//! #   type Refusal = core::convert::Infallible;
//! #   const NAME: &'static str = "toy.ask";
//! #   fn write(&self, _: &Toy, draft: &mut Draft) { draft.segment("id", &self.id); }
//! #   fn read(&self, _: &Toy, reply: Reply<'_>) -> Result<(), ReplyError<Self::Refusal>> { reply.other() }
//! }
//! index! { Toy; repeatable Ask { id: "id" } }
//! fn retry<E: Idempotent>(_: E) {}
//! fn main() { retry(Ask { id: String::new() }); }
//! ```
//!
//! Listed as `once`, and idempotent:
//! ```compile_fail
//! # use authwire_core::*;
//! # pub struct Toy(BaseUrl);
//! # impl Provider for Toy { fn base(&self) -> &BaseUrl { &self.0 } fn authenticate(&self, _: &mut Draft) {} }
//! pub struct Ask { id: String }
//! impl Endpoint for Ask {
//!     const IDEMPOTENT: bool = true;
//!     const ROUTE: Route = Route::get("/ask/{id}");
//! #   type Provider = Toy;
//! #   type Output = ();
//! #   type Refusal = core::convert::Infallible;
//! #   const NAME: &'static str = "toy.ask";
//! #   fn write(&self, _: &Toy, draft: &mut Draft) { draft.segment("id", &self.id); }
//! #   fn read(&self, _: &Toy, reply: Reply<'_>) -> Result<(), ReplyError<Self::Refusal>> { reply.other() }
//! }
//! index! { Toy; once Ask { id: "id" } }
//! fn main() {}
//! ```
//!
//! Listed as `repeatable`, and not idempotent:
//! ```compile_fail
//! # use authwire_core::*;
//! # pub struct Toy(BaseUrl);
//! # impl Provider for Toy { fn base(&self) -> &BaseUrl { &self.0 } fn authenticate(&self, _: &mut Draft) {} }
//! pub struct Ask { id: String }
//! impl Endpoint for Ask {
//!     const IDEMPOTENT: bool = false;
//!     const ROUTE: Route = Route::get("/ask/{id}");
//! #   type Provider = Toy;
//! #   type Output = ();
//! #   type Refusal = core::convert::Infallible;
//! #   const NAME: &'static str = "toy.ask";
//! #   fn write(&self, _: &Toy, draft: &mut Draft) { draft.segment("id", &self.id); }
//! #   fn read(&self, _: &Toy, reply: Reply<'_>) -> Result<(), ReplyError<Self::Refusal>> { reply.other() }
//! }
//! index! { Toy; repeatable Ask { id: "id" } }
//! fn main() {}
//! ```
//!
//! A malformed route, which nothing but the index looks at:
//! ```compile_fail
//! # use authwire_core::*;
//! # pub struct Toy(BaseUrl);
//! # impl Provider for Toy { fn base(&self) -> &BaseUrl { &self.0 } fn authenticate(&self, _: &mut Draft) {} }
//! pub struct Ask { id: String }
//! impl Endpoint for Ask {
//!     const IDEMPOTENT: bool = true;
//!     const ROUTE: Route = Route::get("/ask//{id}");
//! #   type Provider = Toy;
//! #   type Output = ();
//! #   type Refusal = core::convert::Infallible;
//! #   const NAME: &'static str = "toy.ask";
//! #   fn write(&self, _: &Toy, draft: &mut Draft) { draft.segment("id", &self.id); }
//! #   fn read(&self, _: &Toy, reply: Reply<'_>) -> Result<(), ReplyError<Self::Refusal>> { reply.other() }
//! }
//! index! { Toy; repeatable Ask { id: "id" } }
//! fn main() {}
//! ```
//!
//! A `once` operation where a repeatable one is asked for:
//! ```compile_fail
//! # use authwire_core::*;
//! # pub struct Toy(BaseUrl);
//! # impl Provider for Toy { fn base(&self) -> &BaseUrl { &self.0 } fn authenticate(&self, _: &mut Draft) {} }
//! pub struct Ask { id: String }
//! impl Endpoint for Ask {
//!     const IDEMPOTENT: bool = false;
//!     const ROUTE: Route = Route::get("/ask/{id}");
//! #   type Provider = Toy;
//! #   type Output = ();
//! #   type Refusal = core::convert::Infallible;
//! #   const NAME: &'static str = "toy.ask";
//! #   fn write(&self, _: &Toy, draft: &mut Draft) { draft.segment("id", &self.id); }
//! #   fn read(&self, _: &Toy, reply: Reply<'_>) -> Result<(), ReplyError<Self::Refusal>> { reply.other() }
//! }
//! index! { Toy; once Ask { id: "id" } }
//! fn retry<E: Idempotent>(_: E) {}
//! fn main() { retry(Ask { id: String::new() }); }
//! ```
