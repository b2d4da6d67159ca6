/** The recipe of a Spring bean, which a test starts. */
@NullMarked
package io.facepipeline.examples.recipes;

import org.jspecify.annotations.NullMarked;
