/**
 * Packets of electronic documents between agencies, edXML of QCVN 102:2016: read, written, told apart and followed through their states
 * (EXT-05, EXT-20). Knows no transport: whoever brings packets in and out calls it.
 */
@NullMarked
package vn.lgsp.edoc;

import org.jspecify.annotations.NullMarked;
