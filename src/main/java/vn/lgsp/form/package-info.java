/** Forms as they stand on the wire, made of JSON. The stages that send them use the same writer. */
@NullMarked
package vn.lgsp.form;

import org.jspecify.annotations.NullMarked;
