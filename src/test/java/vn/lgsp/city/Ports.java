package vn.lgsp.city;

import java.util.List;
import vn.lgsp.FreePorts;

/** Free ports of loopback, all different. */
final class Ports {
    private Ports() {}

    static CitySettings free() {
        List<Integer> free = FreePorts.some(7);
        return new CitySettings(
                true, free.get(0), free.get(1), free.get(2), free.get(3), free.get(4), free.get(5), free.get(6));
    }
}
