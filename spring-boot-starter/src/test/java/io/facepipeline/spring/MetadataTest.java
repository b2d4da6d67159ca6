package io.facepipeline.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an editor knows of the properties, and what the documentation says of them. */
class MetadataTest {
  private static JsonObject metadata() throws IOException {
    try (Reader reader =
        new InputStreamReader(
            MetadataTest.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json"),
            StandardCharsets.UTF_8)) {
      return JsonParser.parseReader(reader).getAsJsonObject();
    }
  }

  @Test
  void everyPropertyIsDescribedHereAndInTheDocumentation() throws IOException {
    String page =
        Files.readString(
            Path.of(System.getProperty("facepipeline.root", ".."), "docs", "spring-boot.md"));
    List<String> names = new ArrayList<>();
    for (JsonElement property : metadata().getAsJsonArray("properties")) {
      String name = property.getAsJsonObject().get("name").getAsString();
      assertThat(property.getAsJsonObject().has("description")).as(name).isTrue();
      assertThat(page).contains("`" + name + "`");
      names.add(name);
    }
    assertThat(names).hasSize(18);
  }
}
