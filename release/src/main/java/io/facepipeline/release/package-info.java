/** What a release is checked for: the public API as text, and the artifacts in a repository. */
@NullMarked
package io.facepipeline.release;

import org.jspecify.annotations.NullMarked;
