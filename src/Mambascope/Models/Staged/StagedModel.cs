using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Inputs.Images;
using Mambascope.Models.Mixers;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>A stage of a model: what joins tokens in front of it, and its layers.</summary>
/// <param name="Downsampling">What joins tokens; null in front of the first stage.</param>
/// <param name="Layers">The layers.</param>
internal sealed record Stage(Downsampling? Downsampling, Backbone Layers);

/// <summary>
/// What models with stages share: pixels become tokens on a grid, every stage works on a coarser one, the head reads the mean over tokens
/// of the last. Pictures of any size and shape; grids follow from the input.
/// </summary>
public abstract class StagedModel : IVisionModel
{
    private readonly Stem stem;
    private readonly IReadOnlyList<Stage> stages;

    private protected StagedModel(Stem stem, IReadOnlyList<Stage> stages, int channels, int height, int width)
    {
        (this.stem, this.stages) = (stem, stages);
        Grid = stem.Grid(channels, height, width);
        Shape = new([.. stages.SelectMany(stage => stage.Layers.Shape.Layers)]) { HasStages = true };
    }

    /// <inheritdoc/>
    public ModelShape Shape { get; }

    /// <inheritdoc/>
    public abstract ModelFacts Facts { get; }

    /// <inheritdoc/>
    public abstract ModelWork? Work { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyDictionary<string, object> Settings { get; }

    /// <summary>How pictures of the standard size are cut; others are read too.</summary>
    public PatchGrid Grid { get; }

    /// <inheritdoc/>
    public bool ReadsAnySize => true;

    /// <inheritdoc/>
    public virtual Preprocessing? StandardPreprocessing => null;

    /// <inheritdoc/>
    public abstract int Classes { get; }

    /// <inheritdoc/>
    public int Depth => stages.Sum(stage => stage.Layers.Depth);

    /// <inheritdoc/>
    public int Branches => stages.Sum(stage => stage.Layers.Branches);

    /// <inheritdoc/>
    public abstract IEnumerable<Weight> AllWeights { get; }

    /// <inheritdoc/>
    public abstract IVisionModel With(WeightSource weights);

    /// <inheritdoc/>
    public Trace<T> Forward<T>(Tape<T> tape, Activation<T> pixels, Func<int, float[]>? dropPath = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var grid = stem.Grid(Grid.Channels, pixels.Length / Grid.Channels, pixels.Width);
        if (pixels.Length % Grid.Channels != 0 || grid.Rows < 1 || grid.Columns < 1)
        {
            throw new BadInputException(
                $"The model reads images of {Grid.Channels} channels and at least {Stem.Patch} x {Stem.Patch} pixels; the input has "
                    + $"{pixels.Length} rows of {pixels.Width} values");
        }

        var mark = tape.Mark();
        var input = tape.Input(pixels);
        return Run(tape, mark, input, stem.Of(tape, input, grid), grid, dropPath);
    }

    /// <inheritdoc/>
    public Trace<T> ForwardInput<T>(Tape<T> tape, Activation<T> input, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Forward(tape, input);

    /// <inheritdoc/>
    public Trace<T> ForwardTokens<T>(Tape<T> tape, Activation<T> tokens, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (tokens.Length != Grid.Count)
        {
            throw new BadInputException(
                $"{tokens.Length} tokens alone do not say how they lie in a picture: only {Grid.Rows} x {Grid.Columns} of them can be run "
                    + "without one");
        }

        var mark = tape.Mark();
        var input = tape.Input(tokens);
        return Run(tape, mark, input, input, Grid, dropPath: null);
    }

    /// <summary>What the head averages over tokens: the residual stream behind the last layer, or behind a norm.</summary>
    private protected abstract Value<T> Normalised<T>(Tape<T> tape, Value<T> stream)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Scores (B, 1, classes) of the mean over tokens (B, 1, d).</summary>
    private protected abstract Value<T> Score<T>(Tape<T> tape, Value<T> mean)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    private Trace<T> Run<T>(Tape<T> tape, int mark, Value<T> input, Value<T> tokens, PatchGrid patches, Func<int, float[]>? dropPath)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (stream, layers, branches) = (tokens, new List<LayerTrace<T>>(), 0);
        GridShape grid = new(patches.Rows, patches.Columns);
        foreach (var (downsampling, backbone) in stages)
        {
            TokenMerge<T>? merge = null;
            if (downsampling is not null)
            {
                stream = downsampling.Of(tape, stream, grid);
                merge = tape.IsRecording ? downsampling.Merge<T>(grid) : null;
                grid = downsampling.Window.Over(grid);
                tape.Release(mark, keep: stream);
            }

            var first = branches;
            TokenLayout layout = new(grid.Count, new(grid.Rows, grid.Columns));
            RunConditions<T> conditions = new() { DropPath = dropPath is null ? null : branch => dropPath(first + branch) };
            (stream, var run) = backbone.Run(tape, mark, stream, layout, conditions);
            branches += backbone.Branches;
            layers.AddRange(run.Select((layer, block) => block == 0 ? layer with { Merge = merge } : layer));
        }

        var pooled = Normalised(tape, stream); // (B, L, d)
        var logits = Score(tape, tape.PoolTokens(pooled, token: -1)); // (B, 1, classes)
        int[][] scored = [.. Enumerable.Repeat<int[]>([-1], logits.Data.Batch)];
        return new(tape, input, tokens, layers, logits, scored, patches) { IsStaged = true, Pooled = pooled };
    }
}
