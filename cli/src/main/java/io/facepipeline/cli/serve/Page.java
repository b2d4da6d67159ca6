package io.facepipeline.cli.serve;

import com.google.common.io.Resources;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** The page and what belongs to it, from the jar. Nothing else is ever read for a request. */
final class Page {
  static final Map<String, Page> FILES =
      Map.of(
          "/", new Page("index.html", "text/html; charset=utf-8"),
          "/app.js", new Page("app.js", "text/javascript; charset=utf-8"),
          "/groups.js", new Page("groups.js", "text/javascript; charset=utf-8"),
          "/app.css", new Page("app.css", "text/css; charset=utf-8"));

  private final byte[] content;
  private final String type;

  private Page(String file, String type) {
    try {
      content = Resources.toByteArray(Resources.getResource(Page.class, file));
    } catch (IOException e) {
      throw new UncheckedIOException("the jar's " + file + " cannot be read", e);
    }
    this.type = type;
  }

  void answer(Context context) {
    context.contentType(type).result(content);
  }
}
