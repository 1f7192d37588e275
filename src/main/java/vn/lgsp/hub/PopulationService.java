package vn.lgsp.hub;

/** The population database without a gateway before it. */
final class PopulationService implements Simulator {
    private final PopulationDoor door;
    private final Population population = new Population();

    PopulationService(PopulationDoor door) {
        this.door = door;
    }

    @Override
    public Answer answer(Call call) {
        return door.refusal(call).orElseGet(() -> population.answer(call, "").orElseThrow());
    }
}
