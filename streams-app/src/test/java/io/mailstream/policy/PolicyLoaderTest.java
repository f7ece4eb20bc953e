package io.mailstream.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailstream.policy.Routes.Way;
import io.mailstream.policy.SuppressionRules.Reach;
import io.mailstream.policy.SuppressionRules.Reasons;
import io.mailstream.policy.SuppressionRules.Rule;
import io.mailstream.policy.SuppressionRules.SoftBounces;
import io.mailstream.v1.Lane;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PolicyLoaderTest {

  private static final String SMALLEST =
      """
      accounts:
        ses: {provider: ses}
      tenants:
        acme: {from_domains: [acme.example], other_streams: {}}
      """;

  @Test
  void defaultsAreSensible() {
    Policies policies = PolicyLoader.load(SMALLEST);

    Tenant acme = policies.tenant("acme").orElseThrow();
    assertThat(acme.routes()).isEqualTo(Routes.only("ses"));
    assertThat(acme.limit()).isEmpty();
    assertThat(acme.stream("any").orElseThrow().evidenceWindow()).isEqualTo(Duration.ofMinutes(5));
    assertThat(policies.tenant("nobody")).isEmpty();
    assertThat(policies.retry())
        .isEqualTo(
            new Retry(Duration.ofSeconds(30), 2, Duration.ofHours(1), 1, 8, Duration.ofHours(24)));
    assertThat(policies.deduplication()).isEqualTo(new Deduplication(Duration.ofHours(24), 2));
    assertThat(policies.suppression()).isEqualTo(SuppressionRules.usual());
    assertThat(policies.maxMessageBytes()).isEqualTo(8 * 1024 * 1024);
    assertThat(policies.maxRequestBytes()).isEqualTo(64 * 1024 * 1024);
    assertThat(policies.maxRecipients()).isEqualTo(50);
  }

  @Test
  void everySettingIsRead() {
    Policies policies =
        PolicyLoader.load(
            """
            accounts:
              main:
                provider: ses
                limit: {rate: 14/s, burst: 28}
                settings: {region: eu-central-1, port: 99}
              other: {provider: ses}
            tenants:
              acme:
                from_domains: ["*.Acme.example", bücher.example]
                account: main
                allowed_accounts: [other]
                limit: {rate: 600/m}
                streams:
                  reset: {account: other, limit: {rate: 3600/h, burst: 5}, evidence_window: 0,
                    subscription: true}
            default_tenant: {from_domains: "*", account: other, other_streams: {}}
            retry:
              {initial: 1s, multiplier: 3, max: 1m, jitter: 0, max_attempts: 4, max_age: 2h}
            deduplication: {window: 7d, buckets: 3}
            suppression:
              hard_bounce: {expires_after: 30d}
              complaint: {scope: everything, expires_after: never}
              esp_list: {expires_after: 12h, scope: tenant}
              soft_bounces: {count: 3, within: 7d, expires_after: 60d}
              tenants: {acme: {complaint: {scope: stream}, soft_bounces: {count: 0}}}
            max_message_bytes: 256KiB
            max_request_bytes: 1MiB
            references: {allowed: ["https://files.example.com/mail/", "s3://bucket/"], max_bytes: 3MiB}
            max_recipients: 7
            """);

    assertThat(policies.accounts().get("main"))
        .isEqualTo(
            new Account(
                "main",
                "ses",
                Optional.of(new Limit(14, 28)),
                Map.of("region", "eu-central-1", "port", "99")));
    Tenant acme = policies.tenant("acme").orElseThrow();
    assertThat(acme.fromDomains()).isEqualTo(Set.of("*.acme.example", "xn--bcher-kva.example"));
    assertThat(acme.routes()).isEqualTo(Routes.only("main"));
    assertThat(acme.allowedAccounts()).containsExactly("other");
    assertThat(acme.limit()).contains(new Limit(10, 10));
    assertThat(acme.stream("reset"))
        .contains(
            new StreamPolicy(
                "reset",
                Optional.of(Routes.only("other")),
                Optional.of(new Limit(1, 5)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Duration.ZERO,
                true));
    assertThat(acme.stream("unknown")).isEmpty();
    assertThat(policies.tenant("anybody").orElseThrow().routes()).isEqualTo(Routes.only("other"));
    assertThat(policies.retry())
        .isEqualTo(
            new Retry(Duration.ofSeconds(1), 3, Duration.ofMinutes(1), 0, 4, Duration.ofHours(2)));
    assertThat(policies.deduplication()).isEqualTo(new Deduplication(Duration.ofDays(7), 3));
    SoftBounces soft =
        new SoftBounces(
            3, Duration.ofDays(7), new Rule(Reach.EVERYTHING, Optional.of(Duration.ofDays(60))));
    Reasons standard =
        new Reasons(
            new Rule(Reach.EVERYTHING, Optional.of(Duration.ofDays(30))),
            new Rule(Reach.EVERYTHING, Optional.empty()),
            new Rule(Reach.TENANT, Optional.of(Duration.ofHours(12))),
            new Rule(Reach.STREAM, Optional.empty()),
            soft);
    assertThat(policies.suppression().of(null)).isEqualTo(standard);
    assertThat(policies.suppression().of("anybody")).isEqualTo(standard);
    assertThat(policies.suppression().of("acme"))
        .isEqualTo(
            new Reasons(
                standard.hardBounce(),
                new Rule(Reach.STREAM, Optional.empty()),
                standard.espList(),
                standard.unsubscribe(),
                new SoftBounces(0, soft.within(), soft.rule())));
    assertThat(policies.maxMessageBytes()).isEqualTo(262_144);
    assertThat(policies.maxRequestBytes()).isEqualTo(1_048_576);
    assertThat(policies.maxRecipients()).isEqualTo(7);
    assertThat(policies.references())
        .isEqualTo(
            new References(
                List.of(URI.create("https://files.example.com/mail/"), URI.create("s3://bucket/")),
                3 * 1024 * 1024));
  }

  @Test
  void limitsForDomainsActorsAndRecipientsHaveDefaults() {
    Policies policies =
        PolicyLoader.load(
            """
            actor_limit: {rate: 20/h, burst: 10}
            recipient_limit: {rate: 86400/d, burst: 3}
            domain_limits:
              google: {rate: 20/s}
              Example.COM: {rate: 1/s}
              other: {rate: 5/s}
            domain_groups: {google: [gmail.com], mine: [a.example, googlemail.com]}
            accounts:
              plain: {provider: ses}
              own: {provider: ses, domain_limits: {google: none, mine: {rate: 2/s}, other: none}}
            tenants:
              usual: {from_domains: ["*"], account: own, other_streams: {}}
              acme:
                from_domains: ["*"]
                account: own
                actor_limit: none
                recipient_limit: {rate: 2/s}
                streams: {news: {recipient_limit: {rate: 1/s}, actor_limit: {rate: 7/s}}}
            """);

    DomainLimits plain = policies.accounts().get("plain").domainLimits();
    assertThat(plain.of("google")).contains(new Limit(20, 20));
    assertThat(plain.of("example.com")).contains(new Limit(1, 1));
    assertThat(plain.of("any.example")).contains(new Limit(5, 5));
    DomainLimits own = policies.accounts().get("own").domainLimits();
    assertThat(own.of("google")).isEmpty();
    assertThat(own.of("mine")).contains(new Limit(2, 2));
    assertThat(own.of("example.com")).contains(new Limit(1, 1));
    assertThat(own.of("any.example")).isEmpty();

    assertThat(policies.domainGroups().nameOf("gmail.com")).isEqualTo("google");
    assertThat(policies.domainGroups().nameOf("googlemail.com")).isEqualTo("mine");
    assertThat(policies.domainGroups().nameOf("aol.com")).isEqualTo("yahoo");
    assertThat(policies.domainGroups().nameOf("b.example")).isEqualTo("b.example");

    Tenant usual = policies.tenant("usual").orElseThrow();
    assertThat(usual.actorLimit()).contains(new Limit(20 / 3600.0, 10));
    assertThat(usual.recipientLimit()).contains(new Limit(1, 3));
    Tenant acme = policies.tenant("acme").orElseThrow();
    assertThat(acme.actorLimit()).isEmpty();
    assertThat(acme.recipientLimit()).contains(new Limit(2, 2));
    StreamPolicy news = acme.stream("news").orElseThrow();
    assertThat(news.actorLimit()).contains(new Limit(7, 7));
    assertThat(news.recipientLimit()).contains(new Limit(1, 1));
  }

  @Test
  void limitsThatCannotBeReadAreFaults() {
    PolicyFaults faults =
        faults(
            """
            recipient_limit: never
            domain_limits: {google: {burst: 3}, other: {rate: fast}}
            domain_groups: {mine: ["*.example.com", "not a domain"]}
            accounts: {a: {provider: ses, domain_limit: {}}}
            tenants: {t: {from_domains: ["*"], actor_limit: {rate: 0/s}, other_streams: {}}}
            """);

    assertThat(faults.faults())
        .anySatisfy(f -> assertThat(f).startsWith("recipient_limit: is no mapping"))
        .anySatisfy(f -> assertThat(f).startsWith("domain_limits.google.rate: is missing"))
        .anySatisfy(f -> assertThat(f).startsWith("domain_limits.other.rate: is 'fast'"))
        .anySatisfy(f -> assertThat(f).startsWith("domain_groups.mine: holds '*.example.com'"))
        .anySatisfy(f -> assertThat(f).startsWith("domain_groups.mine: holds 'not a domain'"))
        .anySatisfy(f -> assertThat(f).startsWith("accounts.a.domain_limit: is not known here"))
        .anySatisfy(f -> assertThat(f).startsWith("tenants.t.actor_limit.rate: is '0/s'"));
  }

  @Test
  void mailMayHaveSeveralAccountsByWeightAndLane() {
    Policies policies =
        PolicyLoader.load(
            """
            accounts: {a: {provider: ses}, b: {provider: ses}, c: {provider: ses}}
            tenants:
              acme:
                from_domains: [acme.example]
                accounts: {a: {weight: 9}, b: {lanes: [bulk]}, c: {weight: 0}}
                streams: {plain: {}, own: {accounts: {c: {}, a: {weight: 0.5}}}}
            """);

    Tenant acme = policies.tenant("acme").orElseThrow();
    Set<Lane> both = Set.of(Lane.TRANSACTIONAL, Lane.BULK);
    assertThat(acme.routes().ways())
        .containsExactly(
            new Way("a", 9, both), new Way("b", 1, Set.of(Lane.BULK)), new Way("c", 0, both));
    assertThat(acme.stream("plain").orElseThrow().routes()).isEmpty();
    assertThat(acme.stream("own").orElseThrow().routes())
        .contains(new Routes(List.of(new Way("c", 1, both), new Way("a", 0.5, both))));
  }

  @Test
  void routesThatLeadNowhereAreFaults() {
    PolicyFaults faults =
        faults(
            """
            accounts: {a: {provider: ses}, b: {provider: ses}}
            tenants:
              both: {from_domains: ["*"], account: a, accounts: {b: {}}, other_streams: {}}
              unknown: {from_domains: ["*"], accounts: {x: {weight: -1}}, other_streams: {}}
              lanes: {from_domains: ["*"], accounts: {a: {lanes: [bulk]}}, other_streams: {}}
              wrong: {from_domains: ["*"], accounts: {a: {lanes: [fast]}}, other_streams: {}}
              empty: {from_domains: ["*"], accounts: {}, other_streams: {}}
              none: {from_domains: ["*"], other_streams: {}}
            """);

    assertThat(faults.faults())
        .anySatisfy(f -> assertThat(f).startsWith("tenants.both.accounts: stands beside account"))
        .anySatisfy(f -> assertThat(f).startsWith("tenants.unknown.accounts: is 'x', which is no"))
        .anySatisfy(f -> assertThat(f).startsWith("tenants.unknown.accounts.x.weight: is '-1'"))
        .anySatisfy(f ->
            assertThat(f)
                .isEqualTo("tenants.lanes.accounts: has none for the transactional lane: add one"))
        .anySatisfy(f -> assertThat(f).startsWith("tenants.wrong.accounts.a.lanes: holds 'fast'"))
        .anySatisfy(f -> assertThat(f).startsWith("tenants.empty.accounts: is empty"))
        .anySatisfy(f -> assertThat(f).startsWith("tenants.none.account: is missing"));
  }

  @Test
  void allFaultsComeAtOnceEachWithItsPath() {
    PolicyFaults faults =
        faults(
            """
            accounts:
              ses: {provider: ses, limits: {rate: 1/s}}
              "bad name!": {}
            tenants:
              acme:
                from_domains: [not a domain]
                account: nowhere
                streams:
                  x: {limit: {rate: fast, burst: 0}, evidence_window: soon, subscription: maybe}
            references: {allowed: ["http://files.example.com/"], max_bytes: 41MiB}
            retry: {initial: 2h, max: 1h, max_attempts: 0, jitter: 2}
            deduplication: {window: 1s, buckets: 99}
            max_message_bytes: 1000MiB
            surprise: true
            """);

    assertThat(faults.faults())
        .anySatisfy(fault -> assertThat(fault).startsWith("accounts.ses.limits: is not known"))
        .anySatisfy(fault -> assertThat(fault).startsWith("accounts.bad name!: is no name"))
        .anySatisfy(fault -> assertThat(fault).startsWith("accounts.bad name!.provider: is miss"))
        .anySatisfy(fault -> assertThat(fault).startsWith("tenants.acme.from_domains: holds 'not"))
        .anySatisfy(fault -> assertThat(fault).startsWith("tenants.acme.account: is 'nowhere'"))
        .anySatisfy(fault ->
            assertThat(fault)
                .startsWith("tenants.acme.streams.x.limit.rate: is 'fast': give a rate"))
        .anySatisfy(fault -> assertThat(fault).startsWith("tenants.acme.streams.x.limit.burst"))
        .anySatisfy(fault -> assertThat(fault).startsWith("tenants.acme.streams.x.evidence_window"))
        .anySatisfy(fault ->
            assertThat(fault)
                .isEqualTo("tenants.acme.streams.x.subscription: is 'maybe': give true or false"))
        .anySatisfy(fault -> assertThat(fault).startsWith("retry.max: is below retry.initial"))
        .anySatisfy(fault -> assertThat(fault).startsWith("retry.max_attempts: is '0'"))
        .anySatisfy(fault ->
            assertThat(fault).startsWith("references.allowed: holds 'http://files.example.com/'"))
        .anySatisfy(fault -> assertThat(fault).startsWith("references.max_bytes: is '41MiB'"))
        .anySatisfy(fault -> assertThat(fault).startsWith("retry.jitter: is '2'"))
        .anySatisfy(fault -> assertThat(fault).startsWith("deduplication.window: is '1s'"))
        .anySatisfy(fault -> assertThat(fault).startsWith("deduplication.buckets: is '99'"))
        .anySatisfy(fault -> assertThat(fault).startsWith("max_message_bytes: is '1000MiB'"))
        .anySatisfy(fault -> assertThat(fault).startsWith("surprise: is not known here"));
    assertThat(faults.getMessage()).contains("- surprise");
  }

  @Test
  void whatIsNoYamlOrNoMappingIsAFault() {
    assertThat(faults("a: [").faults().getFirst()).contains("line").contains("no YAML");
    assertThat(faults("a: 1\na: 2").faults()).hasSize(1);
    assertThat(faults("just text").faults())
        .anySatisfy(fault -> assertThat(fault).contains("no mapping"));
    assertThat(faults("").faults()).isNotEmpty();
    assertThat(faults("tenants: {acme: 5}\naccounts: [x]").faults()).hasSizeGreaterThan(2);
  }

  @Test
  void aFileThatIsNotThereIsAFault() {
    assertThat(
            catchThrowableOfType(
                    PolicyFaults.class, () -> PolicyLoader.load(Path.of("no-such-file.yaml")))
                .getMessage())
        .contains("no-such-file.yaml");
  }

  @Test
  void faultsOfTheSuppressionRulesAreNamed() {
    PolicyFaults faults =
        faults(
            """
            accounts: {main: {provider: ses}}
            tenants: {acme: {from_domains: "*", other_streams: {}}}
            suppression:
              hard_bounce: {scope: somewhere, expires: 3d}
              soft_bounces: {count: 21}
              tenants: {acmee: {complaint: {expires_after: 0}}}
            """);

    assertThat(faults)
        .hasMessageContainingAll(
            "suppression.hard_bounce.scope: is 'somewhere': give everything, tenant or stream",
            "suppression.hard_bounce.expires:",
            "suppression.soft_bounces.count: is '21'",
            "suppression.tenants.acmee: is no tenant",
            "suppression.tenants.acmee.complaint.expires_after: is '0'");
  }

  private static PolicyFaults faults(String yaml) {
    return catchThrowableOfType(PolicyFaults.class, () -> PolicyLoader.load(yaml));
  }

  @Test
  void reputationIsSetForAllATenantOrAStream() {
    Policies policies =
        PolicyLoader.load(
            """
            accounts: {main: {provider: ses}}
            reputation: {max_bounce_rate: 5%}
            tenants:
              acme:
                from_domains: ["*"]
                reputation: {window: 1d, min_mails: 200, max_complaint_rate: 0.3 %, pause: until_resumed}
                streams: {news: {}, reset: {reputation: none}}
              other: {from_domains: ["*"], streams: {news: {}}}
            """);
    assertThat(reputation(policies, "acme", "news"))
        .contains(
            new ReputationRule(
                Duration.ofDays(1),
                200,
                OptionalDouble.empty(),
                OptionalDouble.of(0.003),
                Optional.empty()));
    assertThat(reputation(policies, "acme", "reset")).isEmpty();
    assertThat(reputation(policies, "other", "news"))
        .contains(
            new ReputationRule(
                Duration.ofHours(1),
                1_000,
                OptionalDouble.of(0.05),
                OptionalDouble.empty(),
                Optional.of(Duration.ofHours(1))));
  }

  private static Optional<ReputationRule> reputation(
      Policies policies, String tenant, String stream) {
    return policies.tenant(tenant).orElseThrow().stream(stream).orElseThrow().reputation();
  }

  @Test
  void aReputationWithoutARateOrWithAWrongOneIsAFault() {
    assertThatThrownBy(() ->
            PolicyLoader.load(
                """
                accounts: {main: {provider: ses}}
                reputation: {window: 10s}
                tenants:
                  acme:
                    from_domains: ["*"]
                    reputation: {max_bounce_rate: 500%, pause: never}
                    streams: {news: {}}
                """))
        .hasMessageContaining("reputation.max_bounce_rate: is missing")
        .hasMessageContaining("reputation.window: is '10s'")
        .hasMessageContaining("tenants.acme.reputation.max_bounce_rate: is '500%'")
        .hasMessageContaining("tenants.acme.reputation.pause: is 'never'");
  }
}
