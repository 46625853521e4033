//! How a dialect lists its frames: once, and from the list come the names on the wire, the enum of
//! what is sent, and the UI's types.

/// The list of all frames, from which come the enum, the names on the wire and the UI's union.
macro_rules! server_frames {
    ($($variant:ident($data:ty) = $name:literal),+ $(,)?) => {
        /// A frame's data, and by its variant the frame's type.
        #[derive(Serialize)]
        #[serde(untagged)]
        pub(super) enum ServerFrame<'a> { $($variant($data)),+ }

        impl ServerFrame<'_> {
            /// The `type` on the wire.
            pub(super) fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name),+ }
            }
        }

        /// Shows each `type` with its data to the generator of the UI's types.
        #[cfg(test)]
        pub(crate) fn catalogue<'a>(catalogue: &mut $crate::typescript::Catalogue)
        where
            'a: 'static,
        {
            $(catalogue.frame::<$data>($name);)+
        }
    };
}

/// The list of all frames.
#[cfg(test)]
macro_rules! client_frames {
    ($($data:ident = $name:literal),+ $(,)?) => {
        /// Shows each `type` with its data to the generator of the UI's types.
        pub(crate) fn catalogue(catalogue: &mut $crate::typescript::Catalogue) {
            $(catalogue.frame::<$data>($name);)+
        }

        /// Reads `data` by the type that `name` has.
        pub(crate) fn read(name: &str, data: serde_json::Value) -> Result<(), serde_json::Error> {
            match name {
                $($name => serde_json::from_value::<$data>(data).map(drop),)+
                unknown => Err(serde::de::Error::custom(format!("no type {unknown}"))),
            }
        }
    };
}

/// Declares the data of frames.
#[cfg(test)]
macro_rules! data {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field:meta])* $key:ident: $type:ty),* $(,)? })+) => {
        $(
            $(#[$doc])*
            #[derive(Deserialize, TS)]
            #[serde(rename_all = "camelCase", deny_unknown_fields)]
            #[expect(dead_code, reason = "only the shape matters")]
            pub(crate) struct $name { $($(#[$field])* $key: $type),* }
        )+
    };
}
