package vn.lgsp.catalogue;

import java.util.List;

/**
 * The parties of the bus, as one document holds them: everything but the services, which have cards of their own.
 *
 * @param sample whether this is the invented sample city
 */
public record Registry(
        boolean sample,
        List<Agency> agencies,
        List<InformationSystem> systems,
        List<Account> accounts,
        List<Grant> grants,
        List<Operator> operators) {}
