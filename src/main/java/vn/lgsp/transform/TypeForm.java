package vn.lgsp.transform;

/** What a type of a schema is in JSON. */
sealed interface TypeForm permits TextType, ComplexForm, AnyForm {}
