package io.facepipeline.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The recipes in the documentation are the code that is compiled. */
class RecipesTest {
  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void theDocumentationSaysWhatIsCompiled() throws IOException {
    Path root = Path.of(System.getProperty("user.dir"));
    Path examples = Files.exists(root.resolve("examples")) ? root.resolve("examples") : root;
    StringBuilder all = new StringBuilder();
    try (Stream<Path> sources =
        Files.list(examples.resolve("src/main/java/io/facepipeline/examples/recipes"))) {
      for (Path source : sources.toList()) {
        all.append(Files.readString(source));
      }
    }
    String code = words(all.toString());
    String text = Files.readString(examples.resolve("../docs/recipes.md"));
    Matcher blocks = BLOCK.matcher(text);
    int found = 0;
    while (blocks.find()) {
      assertTrue(code.contains(words(blocks.group(1))), blocks.group(1));
      found++;
    }
    assertTrue(found >= 8, found + " recipes");
  }

  private static String words(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }
}
