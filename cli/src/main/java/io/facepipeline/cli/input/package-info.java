/** Which photos and people the arguments of a command mean. */
@NullMarked
package io.facepipeline.cli.input;

import org.jspecify.annotations.NullMarked;
