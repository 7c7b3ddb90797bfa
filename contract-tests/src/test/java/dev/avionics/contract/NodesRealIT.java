package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.RandomSource;
import dev.avionics.airframe.stream.EventCursor;
import dev.avionics.llm.node.HealthRules;
import dev.avionics.llm.node.InferenceNode;
import dev.avionics.llm.node.NodeFleet;
import dev.avionics.llm.node.NodeProfiles;
import dev.avionics.llm.node.NodeProvider;
import dev.avionics.llm.node.NodeStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A fleet of two real llama-servers: agents at home, nodes that die, fall silent and come back, and what affinity saves. */
class NodesRealIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final HealthRules RULES = HealthRules.builder()
            .probes(Duration.ofMillis(500), Duration.ofMillis(400), 200)
            .ejections(Duration.ofMillis(300), Duration.ofSeconds(2))
            .build();
    /** Where a machine that is busy with other work is not to count as silence. */
    private static final HealthRules PATIENT =
            RULES.toBuilder().probes(Duration.ofMillis(500), PATIENCE, 200).build();

    private final Airframe airframe = Airframe.create();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        airframe.close();
    }

    private <T extends AutoCloseable> T open(T resource) {
        opened.add(0, resource);
        return resource;
    }

    /** Two that load their model at the same time. */
    private List<LlamaServerProcess> servers(int slots, int tokens) {
        List<LlamaServerProcess> servers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            servers.add(open(LlamaServerProcess.begin(
                    "-c", String.valueOf(tokens * slots), "-np", String.valueOf(slots), "--no-warmup")));
        }
        servers.forEach(LlamaServerProcess::awaitReady);
        return servers;
    }

    private static InferenceNode.Builder node(String name, LlamaServerProcess server, int places) {
        return InferenceNode.builder(server.target("native").endpoint().toBuilder()
                        .name(name)
                        .build())
                .model(LlamaServerProcess.ALIAS)
                .maxParallel(places);
    }

    private NodeFleet fleet(InferenceNode.Builder... nodes) {
        return fleet(RULES, nodes);
    }

    private NodeFleet fleet(HealthRules rules, InferenceNode.Builder... nodes) {
        List<InferenceNode> all =
                List.of(nodes).stream().map(InferenceNode.Builder::build).toList();
        return open(NodeFleet.builder(NodeProfiles.of(all), airframe)
                .random(RandomSource.seeded(1))
                .health(rules)
                .build());
    }

    private static InferenceRequest question(String words, int tokens) {
        return InferenceRequest.builder()
                .message(Message.user(words))
                .temperature(0.0)
                .maxTokens(tokens)
                .build();
    }

    private static CompletableFuture<InferenceResult> ask(NodeProvider provider, String words) {
        return provider.infer(null, question(words, 4), provider.newCall()).collect();
    }

    private static InferenceResult answer(CompletableFuture<InferenceResult> asked) throws Exception {
        return asked.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static String nodeOf(InferenceResult result) {
        return result.target().endpoint().name();
    }

    private static void awaitFit(NodeFleet fleet, String node) {
        Await.until(
                PATIENCE,
                () -> fleet.router().nodeHealth(node).state() == NodeStatus.State.FIT,
                () -> String.valueOf(fleet.router().nodeHealth(node)));
    }

    @Test
    @Tag("row-95")
    @Tag("row-100")
    void agents_goHome_andWhatIsMarkedIsObeyedAtOnce() throws Exception {
        List<LlamaServerProcess> servers = servers(1, 512);
        NodeFleet fleet = fleet(
                node("node1", servers.get(0), 1).agent("planner"),
                node("node2", servers.get(1), 1).agent("critic"));
        NodeProvider planner = fleet.provider("planner");
        for (int i = 0; i < 3; i++) {
            assertThat(nodeOf(answer(ask(planner, "Say one.")))).isEqualTo("node1");
            assertThat(nodeOf(answer(ask(fleet.provider("critic"), "Say two."))))
                    .isEqualTo("node2");
        }

        fleet.markNodeHealthy("node1", false);
        for (int i = 0; i < 3; i++) {
            assertThat(nodeOf(answer(ask(planner, "Say three.")))).isEqualTo("node2");
        }
        fleet.markNodeHealthy("node1", true);
        assertThat(nodeOf(answer(ask(planner, "Say four.")))).isEqualTo("node1");
    }

    @Test
    void callsOfOthers_areSeenInTheSlots_andWayIsGiven() throws Exception {
        List<LlamaServerProcess> servers = servers(1, 1024);
        NodeFleet fleet =
                fleet(PATIENT, node("node1", servers.get(0), 1).priority(1), node("node2", servers.get(1), 1));
        NodeProvider provider = fleet.provider("");
        // From here on it is in use, and asked for its load.
        assertThat(nodeOf(answer(ask(provider, "Say one.")))).isEqualTo("node1");
        try (EventCursor<InferenceEvent> other = airframe.infer(
                        servers.get(0).target("native"),
                        question("Write a very long story about the sea.", 900),
                        airframe.newCall())
                .open()) {
            assertThat(other.hasNext()).isTrue();
            Await.until(
                    PATIENCE,
                    () -> fleet.router().nodeHealth("node1").others() == 1,
                    () -> String.valueOf(fleet.router().nodeHealth("node1")));
            assertThat(nodeOf(answer(ask(provider, "Say two.")))).isEqualTo("node2");
        }
        Await.until(
                PATIENCE,
                () -> fleet.router().nodeHealth("node1").others() == 0,
                () -> String.valueOf(fleet.router().nodeHealth("node1")));
        assertThat(nodeOf(answer(ask(provider, "Say three.")))).isEqualTo("node1");
    }

    @Test
    void node_thatRefusesConnections_getsNoTrafficAtOnce_andComesBackByItself() throws Exception {
        List<LlamaServerProcess> servers = servers(1, 512);
        NodeFleet fleet = fleet(node("node1", servers.get(0), 1).agent("planner"), node("node2", servers.get(1), 1));
        NodeProvider planner = fleet.provider("planner");
        assertThat(nodeOf(answer(ask(planner, "Say one.")))).isEqualTo("node1");

        servers.get(0).kill();
        assertThat(nodeOf(answer(ask(planner, "Say two.")))).isEqualTo("node2");
        InferenceResult next = answer(ask(planner, "Say three."));
        assertThat(nodeOf(next)).isEqualTo("node2");
        assertThat(next.attempts()).isEqualTo(1);

        servers.get(0).restart();
        awaitFit(fleet, "node1");
        assertThat(nodeOf(answer(ask(planner, "Say four.")))).isEqualTo("node1");
    }

    @Test
    void node_thatFallsSilent_losesItsCallsAfterASecond_andComesBackByItself() throws Exception {
        List<LlamaServerProcess> servers = servers(1, 512);
        NodeFleet fleet = fleet(node("node1", servers.get(0), 1).agent("planner"), node("node2", servers.get(1), 1));
        NodeProvider planner = fleet.provider("planner");
        assertThat(nodeOf(answer(ask(planner, "Say one.")))).isEqualTo("node1");

        servers.get(0).freeze();
        long began = System.nanoTime();
        InferenceResult moved = answer(ask(planner, "Say two."));
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        assertThat(nodeOf(moved)).isEqualTo("node2");
        assertThat(moved.attempts()).isEqualTo(2);
        assertThat(took).isBetween(Duration.ofMillis(300), Duration.ofSeconds(5));
        assertThat(fleet.router().nodeHealth("node1").reason()).isEqualTo("no answer to a check within 400 ms");
        assertThat(answer(ask(planner, "Say three.")).attempts()).isEqualTo(1);
        System.out.printf(Locale.ROOT, "a call left the silent node and was answered after %d ms%n", took.toMillis());

        servers.get(0).thaw();
        awaitFit(fleet, "node1");
        assertThat(nodeOf(answer(ask(planner, "Say four.")))).isEqualTo("node1");
    }

    @Test
    @Tag("row-100")
    void node_killedInMidRun_losesNoCallThatItHadNotBegunToAnswer() throws Exception {
        List<LlamaServerProcess> servers = servers(2, 512);
        NodeFleet fleet = fleet(PATIENT, node("node1", servers.get(0), 2), node("node2", servers.get(1), 2));
        NodeProvider provider = fleet.provider("");
        List<CompletableFuture<InferenceResult>> asked = new ArrayList<>();
        Set<Integer> begunThere = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 20; i++) {
            int number = i;
            CallContext call = provider.newCall().observedBy(new CallObserver() {
                @Override
                public void committed(int attempt, Target target) {
                    if (target.endpoint().name().equals("node1")) {
                        begunThere.add(number);
                    }
                }
            });
            asked.add(provider.infer(null, question("Count from " + i + " on.", 16), call)
                    .collect());
        }
        CompletableFuture.anyOf(asked.toArray(new CompletableFuture<?>[0])).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(fleet.router().nodeHealth("node1").inFlight()).isGreaterThan(2);

        servers.get(0).kill();

        int moved = 0;
        int brokenOff = 0;
        for (int i = 0; i < asked.size(); i++) {
            if (begunThere.contains(i)
                    && asked.get(i)
                            .handle((result, error) -> error != null)
                            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                brokenOff++;
                continue;
            }
            InferenceResult result = answer(asked.get(i));
            assertThat(result.text()).isNotBlank();
            moved += result.attempts() > 1 ? 1 : 0;
        }
        System.out.printf(
                "of 20 calls %d moved on from the node that died, %d were broken off in mid-answer%n",
                moved, brokenOff);
        assertThat(moved).isPositive();
        assertThat(brokenOff).isLessThanOrEqualTo(2);
        assertThat(fleet.router().nodeHealth("node1").state()).isEqualTo(NodeStatus.State.EJECTED);
    }

    // What affinity saves

    /** What prompts of one rule cost: tokens that were in a cache, and tokens that were read. */
    private record Tokens(long cached, long read) {
        Tokens plus(InferenceResult result) {
            return new Tokens(
                    cached + result.usage().cacheRead().value(),
                    read + result.usage().inputUncached().value());
        }
    }

    /** How a rule answers a request. */
    private interface Rule {
        CompletableFuture<InferenceResult> answer(InferenceRequest request);
    }

    private static final List<String> WORDS = List.of(
            "river", "stone", "letter", "garden", "window", "market", "winter", "doctor", "bridge", "paper", "forest",
            "engine");

    /** So many words, other ones for each seed, but each of few tokens. */
    private static String words(long seed, int count) {
        Random random = new Random(seed);
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            words.add(WORDS.get(random.nextInt(WORDS.size())));
        }
        return String.join(" ", words);
    }

    /** Conversations of several turns, by turns, each with its own long beginning. */
    private static Tokens converse(long seed, Rule rule) throws Exception {
        List<List<Message>> conversations = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            conversations.add(new ArrayList<>(List.of(Message.system(words(seed + i, 120)))));
        }
        Tokens tokens = new Tokens(0, 0);
        for (int turn = 0; turn < 4; turn++) {
            for (int i = 0; i < conversations.size(); i++) {
                List<Message> messages = conversations.get(i);
                messages.add(Message.user(words(seed + 100 * turn + i, 12)));
                InferenceResult result = NodesRealIT.answer(rule.answer(InferenceRequest.builder()
                        .messages(messages)
                        .temperature(0.0)
                        .maxTokens(3)
                        .build()));
                messages.add(Message.assistant(result.text()));
                tokens = tokens.plus(result);
            }
        }
        return tokens;
    }

    @Test
    void affinity_hasFewerTokensRead() throws Exception {
        List<LlamaServerProcess> servers = servers(4, 512);
        NodeFleet fleet = fleet(PATIENT, node("node1", servers.get(0), 4), node("node2", servers.get(1), 4));
        NodeProvider provider = fleet.provider("");
        List<Target> targets =
                servers.stream().map(each -> each.target("native")).toList();
        Random random = new Random(1);
        int[] calls = {0};
        Function<Target, Rule> at = target ->
                request -> airframe.infer(target, request, airframe.newCall()).collect();

        Tokens byAffinity = converse(
                1000,
                request -> provider.infer(null, request, provider.newCall()).collect());
        Tokens byChance = converse(
                2000, request -> at.apply(targets.get(random.nextInt(2))).answer(request));
        Tokens byTurns = converse(
                3000,
                request ->
                        at.apply(targets.get(calls[0]++ / 4 % 2 ^ calls[0] % 2)).answer(request));

        System.out.printf("| rule | prompt tokens read | from the cache |%n|---|---|---|%n");
        print("at random", byChance);
        print("by turns", byTurns);
        print("**router**", byAffinity);
        assertThat(byAffinity.read).isLessThan(byChance.read * 3 / 4).isLessThan(byTurns.read * 3 / 4);
        assertThat(byAffinity.cached).isGreaterThan(byChance.cached).isGreaterThan(byTurns.cached);
    }

    private static void print(String rule, Tokens tokens) {
        System.out.printf(Locale.ROOT, "| %s | %,d | %,d |%n", rule, tokens.read, tokens.cached);
    }
}
