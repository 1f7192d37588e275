/**
 * What an integrator writes to try a service: samples of single mappings, and scenarios of whole exchanges. It knows neither the
 * runtime nor how a service is deployed; whoever runs scenarios lends it a bus.
 */
@NullMarked
package vn.lgsp.scenario;

import org.jspecify.annotations.NullMarked;
