/** WS-Security of SOAP envelopes: tokens, time stamps and signatures, written and checked. Stages stand on it. */
@NullMarked
package vn.lgsp.wssecurity;

import org.jspecify.annotations.NullMarked;
