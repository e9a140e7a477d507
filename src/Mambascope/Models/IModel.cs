using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>A model of token sequences, as far as methods need it that run it again from other tokens.</summary>
public interface IModel
{
    /// <summary>What its layers are made of.</summary>
    ModelShape Shape { get; }

    /// <summary>What the model is, in words and numbers: class token, width, what its layers are made of.</summary>
    ModelFacts Facts { get; }

    /// <summary>What a run costs; null where nobody has counted it.</summary>
    ModelWork? Work => null;

    /// <summary>
    /// What a config.json says of the model, by its keys: with it beside the weights, <see cref="Architecture.Read"/> makes the same model
    /// again. Numbers, text, truth values, lists or dictionaries of such.
    /// </summary>
    IReadOnlyDictionary<string, object> Settings { get; }

    /// <summary>Number of blocks.</summary>
    int Depth { get; }

    /// <summary>Residual branches in all blocks together: what drop path draws for, one a Mamba block, two a transformer block.</summary>
    int Branches { get; }

    /// <summary>Every weight once, in the order of the forward pass.</summary>
    IEnumerable<Weight> AllWeights { get; }

    /// <summary>A model of the same sizes around other weights.</summary>
    IModel With(WeightSource weights);

    /// <summary>
    /// Runs the model on another input of the kind that <see cref="Trace{T}.Input"/> holds: normalised pixels, or embedded text.
    /// </summary>
    /// <param name="tape">Where the run is recorded, or not.</param>
    /// <param name="input">The input.</param>
    /// <param name="positions">
    /// Tokens that a language model scores; null for the last. A classifier has one row of scores, whatever stands here.
    /// </param>
    Trace<T> ForwardInput<T>(Tape<T> tape, Activation<T> input, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>
    /// Runs the blocks and the head on tokens (B, L, d) as the first block reads them; for methods that move between inputs.
    /// </summary>
    /// <param name="tape">Where the run is recorded, or not.</param>
    /// <param name="tokens">Tokens.</param>
    /// <param name="positions">As for <see cref="ForwardInput"/>.</param>
    Trace<T> ForwardTokens<T>(Tape<T> tape, Activation<T> tokens, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
