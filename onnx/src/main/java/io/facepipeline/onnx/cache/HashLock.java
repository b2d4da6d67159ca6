package io.facepipeline.onnx.cache;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.facepipeline.internal.WholeFile;
import io.facepipeline.onnx.store.PublishedFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The cache's {@code models.lock}: the hash that each downloaded file had when it was first used,
 * so that a later change is refused even where the origin publishes no hash. JSON, to be read and
 * edited by people.
 */
public final class HashLock {
  /** What is recorded of a file. */
  record Entry(long size, String sha256) {}

  private static final String FILES = "files";
  private static final String SIZE = "size";
  private static final String HASH = "sha256";

  private final Path file;

  public HashLock(Path cache) {
    file = cache.resolve("models.lock");
  }

  Path file() {
    return file;
  }

  /** {@return what is recorded of a file of a model} */
  public Optional<Entry> find(PublishedFile wanted) throws IOException {
    JsonElement recorded = read().getAsJsonObject(FILES).get(key(wanted));
    if (recorded == null) {
      return Optional.empty();
    }
    try {
      JsonObject entry = recorded.getAsJsonObject();
      return Optional.of(new Entry(entry.get(SIZE).getAsLong(), entry.get(HASH).getAsString()));
    } catch (RuntimeException e) {
      throw new IOException(
          file + " has an entry " + key(wanted) + " without size or sha256; remove the entry", e);
    }
  }

  /** Records a file that is used for the first time. */
  void record(PublishedFile used, Entry entry) throws IOException {
    FileLocks.holding(file, () -> write(used, entry));
  }

  private Entry write(PublishedFile used, Entry entry) throws IOException {
    JsonObject lock = read();
    JsonObject recorded = new JsonObject();
    recorded.addProperty(SIZE, entry.size());
    recorded.addProperty(HASH, entry.sha256());
    recorded.addProperty("from", String.valueOf(used.download()));
    recorded.addProperty("firstUsed", Instant.now().toString());
    lock.getAsJsonObject(FILES).add(key(used), recorded);
    String text = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(lock);
    WholeFile.write(file, WholeFile.Access.UMASK, text.getBytes(StandardCharsets.UTF_8));
    return entry;
  }

  private JsonObject read() throws IOException {
    if (!Files.exists(file)) {
      JsonObject empty = new JsonObject();
      empty.addProperty("version", 1);
      empty.add(FILES, new JsonObject());
      return empty;
    }
    try {
      JsonObject lock = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
      if (!lock.has(FILES) || !lock.get(FILES).isJsonObject()) {
        throw new IOException(file + " has no \"files\"; remove it to start again");
      }
      return lock;
    } catch (JsonParseException | IllegalStateException | CharacterCodingException e) {
      throw new IOException(file + " is no longer JSON; repair or remove it", e);
    }
  }

  private static String key(PublishedFile file) {
    return file.id() + "/" + file.usual().name();
  }
}
