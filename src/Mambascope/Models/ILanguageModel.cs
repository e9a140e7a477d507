using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>A causal language model: the scores of a token are those of what comes after it.</summary>
public interface ILanguageModel : IModel
{
    /// <summary>Token ids the model knows, padding of the embedding included: scores per token.</summary>
    int VocabularySize { get; }

    /// <summary>Width of the residual stream, d.</summary>
    int Width { get; }

    /// <inheritdoc cref="IModel.With"/>
    new ILanguageModel With(WeightSource weights);

    /// <inheritdoc/>
    IModel IModel.With(WeightSource weights) => With(weights);

    /// <summary>Runs the model; the trace's input is the embedded text, (B, L, d).</summary>
    /// <param name="tape">Where the run is recorded, or not.</param>
    /// <param name="tokens">Texts, of equal or unequal lengths.</param>
    /// <param name="positions">Tokens that are scored; null for the last of each text.</param>
    /// <param name="knockouts">Edges of attention to cut in this run; a run with cut edges cannot be recorded.</param>
    /// <exception cref="BadInputException">An id, position or edge that does not exist.</exception>
    Trace<T> Forward<T>(Tape<T> tape, TokenBatch tokens, ScorePositions? positions = null, IReadOnlyList<Knockout>? knockouts = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Runs the model and shows every layer while all its values are in memory, whatever the tape keeps of them.</summary>
    /// <param name="tape">Where the run is recorded.</param>
    /// <param name="tokens">Texts, of equal or unequal lengths.</param>
    /// <param name="positions">Tokens that are scored; null for the last of each text.</param>
    /// <param name="watch">Sees layer after layer, from the input to the output: its number, from 0, and what it computed.</param>
    /// <exception cref="BadInputException">An id or position that does not exist.</exception>
    Trace<T> Forward<T>(Tape<T> tape, TokenBatch tokens, ScorePositions? positions, Action<int, LayerTrace<T>> watch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(watch);
        var trace = Forward(tape, tokens, positions);
        for (var layer = 0; layer < trace.Layers.Count; layer++)
        {
            watch(layer, trace.Layers[layer]);
        }

        return trace;
    }

    /// <summary>What the model remembers before it has read anything.</summary>
    LanguageState<T> NewState<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Reads on: the next tokens of the text that a state remembers, which then remembers them too.</summary>
    /// <param name="tape">Where the piece is recorded, or not; attention over what was read before cannot be.</param>
    /// <param name="state">What was read before.</param>
    /// <param name="tokens">The tokens that follow; positions count within them.</param>
    /// <param name="positions">Tokens that are scored; null for the last.</param>
    /// <exception cref="BadInputException">An id or position that does not exist.</exception>
    Trace<T> Continue<T>(Tape<T> tape, LanguageState<T> state, IReadOnlyList<int> tokens, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
