/** Small programs, one idea each. */
@NullMarked
package io.facepipeline.examples;

import org.jspecify.annotations.NullMarked;
