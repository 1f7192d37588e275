/** The one place where readers of XML and JSON are made, each with bounds, and none that fetches anything (SEC-01). */
@NullMarked
package vn.lgsp.parse;

import org.jspecify.annotations.NullMarked;
