/** Evidence of every exchange, durable before the provider is called and before the answer leaves; never content. */
@NullMarked
package vn.lgsp.record;

import org.jspecify.annotations.NullMarked;
