/** The pages tell the truth: what they list is what there is, and what they show is what comes back. */
@NullMarked
package vn.lgsp.docs;

import org.jspecify.annotations.NullMarked;
