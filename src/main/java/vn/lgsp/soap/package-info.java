/** SOAP as it stands on the wire: envelopes read and written, faults, contracts. The stages that speak it use the same reader. */
@NullMarked
package vn.lgsp.soap;

import org.jspecify.annotations.NullMarked;
