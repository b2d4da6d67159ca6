package io.facepipeline.onnx.store;

/**
 * The terms on which weights are published. Immutable.
 *
 * @param name an SPDX id or a sentence
 * @param url where its text is
 * @param restricted whether it forbids something that free software licences allow, such as
 *     commercial use; such weights are downloaded only after an explicit acceptance
 */
public record Licence(String name, String url, boolean restricted) {
  /** The MIT licence. */
  public static final Licence MIT = new Licence("MIT", "https://spdx.org/licenses/MIT.html", false);

  /** The Apache licence, version 2.0. */
  public static final Licence APACHE_2 =
      new Licence("Apache-2.0", "https://www.apache.org/licenses/LICENSE-2.0", false);

  /** The three-clause BSD licence. */
  public static final Licence BSD_3 =
      new Licence("BSD-3-Clause", "https://spdx.org/licenses/BSD-3-Clause.html", false);

  @Override
  public String toString() {
    return name;
  }
}
