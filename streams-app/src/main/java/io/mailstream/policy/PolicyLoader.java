package io.mailstream.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.mailstream.policy.PolicySection.NamedSection;
import io.mailstream.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the policies from one YAML file and checks them as a whole: unknown keys, values out of
 * range and names that lead nowhere are all reported at once, each with its path in the file.
 */
public final class PolicyLoader {

  /** What a record adds around the delivery it carries: keys, headers, the sender's remarks. */
  static final int RECORD_OVERHEAD_BYTES = 64 * 1024;

  static final int LARGEST_MESSAGE_BYTES = Topics.MAX_MAIL_BYTES - RECORD_OVERHEAD_BYTES;

  private static final Retry RETRY =
      new Retry(Duration.ofSeconds(30), 2, Duration.ofHours(1), 1, 8, Duration.ofHours(24));
  private static final Deduplication DEDUPLICATION = new Deduplication(Duration.ofHours(24), 2);
  private static final int MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
  private static final int MAX_REQUEST_BYTES = 64 * 1024 * 1024;
  private static final int MAX_RECIPIENTS = 50;
  private static final Duration EVIDENCE_WINDOW = Duration.ofMinutes(5);

  private static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder()
              .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxNestingDepth(20).maxStringLength(4096).build())
              .build());

  private static final String LIMIT = "limit";

  private final List<String> faults = new ArrayList<>();
  private Optional<Limit> actorLimit = Optional.empty();
  private Optional<Limit> recipientLimit = Optional.empty();
  private Optional<ReputationRule> reputation = Optional.empty();

  private PolicyLoader() {}

  /**
   * Reads a file.
   *
   * @throws PolicyFaults with every fault of it, also where it cannot be read
   */
  public static Policies load(Path file) {
    String yaml;
    try {
      yaml = Files.readString(file);
    } catch (IOException e) {
      throw new PolicyFaults(
          file.toString(), List.of("cannot be read: give a UTF-8 file that exists (" + e + ")"));
    }
    return load(file.toString(), yaml);
  }

  /**
   * Reads a text.
   *
   * @throws PolicyFaults with every fault of it
   */
  public static Policies load(String yaml) {
    return load("the given text", yaml);
  }

  private static Policies load(String source, String yaml) {
    PolicyLoader loader = new PolicyLoader();
    Policies policies = null;
    try {
      policies = loader.read(YAML.readTree(yaml));
    } catch (JsonProcessingException e) {
      String at = e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ";
      loader.faults.add(at + "is no YAML that can be read: " + e.getOriginalMessage());
    }
    if (!loader.faults.isEmpty()) {
      throw new PolicyFaults(source, loader.faults);
    }
    return policies;
  }

  private Policies read(JsonNode tree) {
    try (PolicySection root = new PolicySection("", tree, faults)) {
      DomainLimits domainLimits = LimitsReader.domains(root, DomainLimits.NONE);
      Map<String, Account> accounts = root.named("accounts", named -> account(named, domainLimits));
      if (accounts.isEmpty()) {
        root.fault("accounts", "is empty: name at least one account with an ESP");
      }
      actorLimit = LimitsReader.find(root, LimitsReader.ACTOR);
      recipientLimit = LimitsReader.find(root, LimitsReader.RECIPIENT);
      reputation = ReputationReader.find(root, Optional.empty());
      Map<String, Tenant> tenants =
          root.named("tenants", named -> tenant(named.name(), named.section(), accounts));
      Optional<Tenant> defaultTenant = Optional.empty();
      if (root.has("default_tenant")) {
        try (PolicySection section = root.section("default_tenant")) {
          defaultTenant = Optional.of(tenant("default", section, accounts));
        }
      }
      if (tenants.isEmpty() && defaultTenant.isEmpty()) {
        root.fault("tenants", "is empty: name at least one tenant, or a default_tenant");
      }
      boolean hasDefaultTenant = defaultTenant.isPresent();
      return new Policies(
          accounts,
          tenants,
          defaultTenant,
          LimitsReader.groups(root),
          retry(root),
          deduplication(root),
          SuppressionReader.read(root, name -> tenants.containsKey(name) || hasDefaultTenant),
          ReferencesReader.read(root),
          root.get(
              "max_message_bytes",
              MAX_MESSAGE_BYTES,
              PolicyValues.SIZE_RULE + ", at most " + LARGEST_MESSAGE_BYTES,
              text -> PolicyValues.bytes(text).filter(size -> size <= LARGEST_MESSAGE_BYTES)),
          root.get(
              "max_request_bytes", MAX_REQUEST_BYTES, PolicyValues.SIZE_RULE, PolicyValues::bytes),
          root.get(
              "max_recipients",
              MAX_RECIPIENTS,
              "a number from 1 to 1000",
              text -> PolicyValues.integer(text, 1, 1000)));
    }
  }

  private static Account account(NamedSection named, DomainLimits domainLimits) {
    PolicySection section = named.section();
    Optional<String> provider = section.text("provider");
    if (provider.isEmpty()) {
      section.fault(section.path("provider"), "is missing: name the kind of ESP, such as ses");
    }
    return new Account(
        named.name(),
        provider.orElse(""),
        LimitsReader.find(section, LIMIT),
        LimitsReader.domains(section, domainLimits),
        section.section("settings").scalars());
  }

  private Tenant tenant(String name, PolicySection section, Map<String, Account> accounts) {
    Set<String> domains = new LinkedHashSet<>();
    for (String domain : section.texts("from_domains")) {
      PolicyValues.fromDomain(domain)
          .ifPresentOrElse(
              domains::add,
              () ->
                  section.fault(
                      section.path("from_domains"),
                      "holds '%s': give a domain, *.domain for what is below it, or *"
                          .formatted(domain)));
    }
    if (domains.isEmpty()) {
      section.fault(
          section.path("from_domains"),
          "is empty: name the domains that From addresses may have, or *");
    }
    Routes routes = RoutesReader.find(section, accounts.keySet()).orElse(null);
    if (routes == null) {
      if (accounts.size() != 1) {
        section.fault(
            section.path("account"),
            "is missing: name one of %s, or several under accounts".formatted(accounts.keySet()));
      }
      routes = Routes.only(accounts.isEmpty() ? "" : accounts.keySet().iterator().next());
    }
    Set<String> allowed = section.texts("allowed_accounts");
    allowed.forEach(
        other -> RoutesReader.require(section, "allowed_accounts", other, accounts.keySet()));
    Optional<ReputationRule> rule = ReputationReader.find(section, reputation);
    Map<String, StreamPolicy> streams =
        section.named("streams", named -> stream(named.name(), named.section(), accounts, rule));
    Optional<StreamPolicy> others = Optional.empty();
    if (section.has("other_streams")) {
      try (PolicySection other = section.section("other_streams")) {
        others = Optional.of(stream("other_streams", other, accounts, rule));
      }
    }
    if (streams.isEmpty() && others.isEmpty()) {
      section.fault(
          section.path("streams"),
          "is empty: name the tenant's streams, or other_streams: {} to allow any");
    }
    return new Tenant(
        name,
        domains,
        routes,
        allowed,
        LimitsReader.find(section, LIMIT),
        LimitsReader.find(section, LimitsReader.ACTOR, actorLimit),
        LimitsReader.find(section, LimitsReader.RECIPIENT, recipientLimit),
        streams,
        others);
  }

  private static StreamPolicy stream(
      String name,
      PolicySection section,
      Map<String, Account> accounts,
      Optional<ReputationRule> reputation) {
    return new StreamPolicy(
        name,
        RoutesReader.find(section, accounts.keySet()),
        LimitsReader.find(section, LIMIT),
        LimitsReader.find(section, LimitsReader.ACTOR),
        LimitsReader.find(section, LimitsReader.RECIPIENT),
        ReputationReader.find(section, reputation),
        section.get(
            "evidence_window",
            EVIDENCE_WINDOW,
            PolicyValues.DURATION_RULE + ", or 0",
            PolicyValues::duration),
        section.get("subscription", false, "true or false", PolicyValues::truth));
  }

  private static Retry retry(PolicySection root) {
    try (PolicySection section = root.section("retry")) {
      Duration initial = positive(section, "initial", RETRY.initial());
      Duration max = positive(section, "max", RETRY.max());
      if (max.compareTo(initial) < 0) {
        section.fault(section.path("max"), "is below retry.initial: give at least as much");
      }
      return new Retry(
          initial,
          section.get(
              "multiplier",
              RETRY.multiplier(),
              "a number from 1 to 100",
              text -> PolicyValues.number(text, 1, 100)),
          max,
          section.get(
              "jitter",
              RETRY.jitter(),
              "a number from 0 to 1",
              text -> PolicyValues.number(text, 0, 1)),
          section.get(
              "max_attempts",
              RETRY.maxAttempts(),
              "a number from 1 to 1000",
              text -> PolicyValues.integer(text, 1, 1000)),
          positive(section, "max_age", RETRY.maxAge()));
    }
  }

  private static Duration positive(PolicySection section, String key, Duration orElse) {
    return section.get(
        key, orElse, PolicyValues.DURATION_RULE + ", above 0", PolicyValues::positiveDuration);
  }

  private static Deduplication deduplication(PolicySection root) {
    try (PolicySection section = root.section("deduplication")) {
      Duration window =
          section.get(
              "window",
              DEDUPLICATION.window(),
              PolicyValues.DURATION_RULE + ", from 1m to 366d",
              text ->
                  PolicyValues.duration(text)
                      .filter(given ->
                          given.compareTo(Duration.ofMinutes(1)) >= 0
                              && given.compareTo(Duration.ofDays(366)) <= 0));
      int buckets =
          section.get(
              "buckets",
              DEDUPLICATION.buckets(),
              "a number from 1 to 24",
              text -> PolicyValues.integer(text, 1, 24));
      return new Deduplication(window, buckets);
    }
  }
}
