package dev.avionics.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** A script that the server runs as one step. It is sent once, then called by its digest. */
enum Script {
    RATES,
    LEASES,
    BUDGETS,
    CACHE,
    HINTS;

    private final byte[] source;
    private final String digest;

    Script() {
        String file = name().toLowerCase(Locale.ROOT) + ".lua";
        try (InputStream in = Script.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is not beside " + Script.class);
            }
            source = in.readAllBytes();
            digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(source));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    /** Runs it for a number. */
    CompletionStage<Long> number(
            RedisClusterAsyncCommands<String, byte[]> server, List<String> keys, List<byte[]> arguments) {
        return run(server, ScriptOutputType.INTEGER, keys, arguments);
    }

    /** Runs it for a list of numbers and texts. */
    CompletionStage<List<Object>> list(
            RedisClusterAsyncCommands<String, byte[]> server, List<String> keys, List<byte[]> arguments) {
        return run(server, ScriptOutputType.MULTI, keys, arguments);
    }

    private <T> CompletionStage<T> run(
            RedisClusterAsyncCommands<String, byte[]> server,
            ScriptOutputType type,
            List<String> keys,
            List<byte[]> arguments) {
        String[] names = keys.toArray(String[]::new);
        byte[][] values = arguments.toArray(byte[][]::new);
        CompletionStage<T> called = server.evalsha(digest, type, names, values);
        return called.exceptionallyCompose(failure -> {
            Throwable why = failure instanceof CompletionException ? failure.getCause() : failure;
            // It was restarted or is another node: nothing was done yet.
            return why instanceof RedisNoScriptException
                    ? server.<T>eval(source, type, names, values)
                    : CompletableFuture.<T>failedFuture(failure);
        });
    }
}
