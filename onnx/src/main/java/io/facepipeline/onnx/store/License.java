package io.facepipeline.onnx.store;

/**
 * The terms on which weights are published. Immutable.
 *
 * @param name an SPDX id or a sentence
 * @param url where its text is
 * @param restricted whether it forbids something that free software licenses allow, such as
 *     commercial use; such weights are downloaded only after an explicit acceptance
 */
public record License(String name, String url, boolean restricted) {
  /** The MIT license. */
  public static final License MIT = new License("MIT", "https://spdx.org/licenses/MIT.html", false);

  /** The Apache license, version 2.0. */
  public static final License APACHE_2 =
      new License("Apache-2.0", "https://www.apache.org/licenses/LICENSE-2.0", false);

  /** The three-clause BSD license. */
  public static final License BSD_3 =
      new License("BSD-3-Clause", "https://spdx.org/licenses/BSD-3-Clause.html", false);

  @Override
  public String toString() {
    return name;
  }
}
