/** Mappings and schemas: the declarative steps that a service's own route uses. */
@NullMarked
package vn.lgsp.transform;

import org.jspecify.annotations.NullMarked;
