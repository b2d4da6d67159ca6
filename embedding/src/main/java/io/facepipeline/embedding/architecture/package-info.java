/** The architectures that the library knows, one class each. Not exported. */
@NullMarked
package io.facepipeline.embedding.architecture;

import org.jspecify.annotations.NullMarked;
