using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Models.Mixers;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>
/// What all models of patches share: pixels become tokens (B, L, d), layers read the residual stream and add to it, a head turns the class
/// token, or the mean of all tokens, into scores. A model states its layers and its head.
/// </summary>
public abstract class VisionModel : IVisionModel
{
    private readonly Backbone stack;

    private protected VisionModel(Backbone stack, PatchGrid grid, int? classToken)
    {
        this.stack = stack;
        (Grid, ClassToken) = (grid, classToken);
    }

    /// <inheritdoc/>
    public ModelShape Shape => stack.Shape;

    /// <inheritdoc/>
    public abstract ModelFacts Facts { get; }

    /// <inheritdoc/>
    public abstract ModelWork? Work { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyDictionary<string, object> Settings { get; }

    /// <inheritdoc/>
    public PatchGrid Grid { get; }

    /// <inheritdoc/>
    public abstract int Classes { get; }

    /// <inheritdoc/>
    public int Depth => stack.Depth;

    /// <inheritdoc/>
    public int Branches => stack.Branches;

    /// <inheritdoc/>
    public abstract IEnumerable<Weight> AllWeights { get; }

    /// <inheritdoc/>
    public abstract IVisionModel With(WeightSource weights);

    /// <summary>Place of the class token among the tokens; null where the head reads the mean of all.</summary>
    private protected int? ClassToken { get; }

    /// <inheritdoc/>
    public Trace<T> Forward<T>(Tape<T> tape, Activation<T> pixels, Func<int, float[]>? dropPath = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var mark = tape.Mark();
        var input = tape.Input(pixels);
        return Run(tape, mark, input, Embed(tape, input), dropPath);
    }

    /// <inheritdoc/>
    public Trace<T> ForwardInput<T>(Tape<T> tape, Activation<T> input, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Forward(tape, input);

    /// <inheritdoc/>
    public Trace<T> ForwardTokens<T>(Tape<T> tape, Activation<T> tokens, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var mark = tape.Mark();
        var input = tape.Input(tokens);
        return Run(tape, mark, input, input, dropPath: null);
    }

    /// <summary>Tokens (B, L, d) of images.</summary>
    private protected abstract Value<T> Embed<T>(Tape<T> tape, Value<T> pixels)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Scores (B, 1, classes) of the residual stream behind the last layer.</summary>
    private protected abstract Value<T> Score<T>(Tape<T> tape, Value<T> stream)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    private Trace<T> Run<T>(Tape<T> tape, int mark, Value<T> input, Value<T> tokens, Func<int, float[]>? dropPath)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TokenLayout layout = new(tokens.Data.Length, new(Grid.Rows, Grid.Columns), ClassToken);
        var (stream, layers) = stack.Run(tape, mark, tokens, layout, new RunConditions<T> { DropPath = dropPath });
        var logits = Score(tape, stream); // (B, 1, classes)
        int[][] scored = [.. Enumerable.Repeat<int[]>([ClassToken ?? -1], logits.Data.Batch)];
        return new(tape, input, tokens, layers, logits, scored, Grid, ClassToken);
    }
}
