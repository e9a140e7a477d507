using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Tracing;

namespace Mambascope.Models.Mixers;

/// <summary>A residual branch: r = r + factor sum over parts of part(norm(r)).</summary>
/// <param name="Norm">The norm that all parts read behind; null where they read the stream as it is.</param>
/// <param name="Parts">One mixer or MLP, or several side by side.</param>
/// <param name="IsParallel">Whether it reads the stream in front of the layer, not the one behind the branch before it.</param>
public sealed record ResidualBranch(Norm? Norm, IReadOnlyList<IMixer> Parts, bool IsParallel = false)
{
    /// <summary>A branch of one part.</summary>
    public ResidualBranch(Norm? norm, IMixer part) : this(norm, [part]) { }

    /// <summary>Constant factor of what the branch adds.</summary>
    public double Factor { get; init; } = 1;
}

/// <summary>What is different from run to run beside the tokens.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal readonly record struct RunConditions<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>What the layers remember of the text before; null where there is none.</summary>
    public LanguageState<T>? State { get; init; }

    /// <summary>Edges of attention to cut.</summary>
    public IReadOnlyList<Knockout>? Knockouts { get; init; }

    /// <summary>Training only: factors by which each item's output of a residual branch is scaled (stochastic depth), by branch.</summary>
    public Func<int, float[]>? DropPath { get; init; }

    /// <summary>Sees each layer as soon as it is computed, while all its values are in memory; null where nobody looks.</summary>
    public Action<int, LayerTrace<T>>? Watch { get; init; }
}

/// <summary>
/// The layers of a model, each a list of residual branches: how they are run, recorded, cut, dropped and continued stands here once.
/// </summary>
public sealed class Backbone
{
    private readonly IReadOnlyList<IReadOnlyList<ResidualBranch>> layers;

    /// <summary>States the branches of every layer, from input to output.</summary>
    public Backbone(IEnumerable<IReadOnlyList<ResidualBranch>> layers)
    {
        this.layers = [.. layers];
        Shape = new([.. this.layers.Select(Of)])
        {
            HasRmsNorms = this.layers.Any(layer => layer.Any(branch => branch.Norm is { Bias: null })),
        };
    }

    /// <summary>What the layers are made of.</summary>
    public ModelShape Shape { get; }

    /// <summary>Number of layers.</summary>
    public int Depth => layers.Count;

    /// <summary>Residual branches of all layers.</summary>
    public int Branches => layers.Sum(layer => layer.Count);

    /// <summary>What the layers remember before they have read anything.</summary>
    internal LanguageState<T> NewState<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new([.. layers.Select(layer => LayerState<T>.Of([.. Parts(layer).Select(part => part.NewState<T>()).OfType<LayerState<T>>()]))]);

    /// <summary>Runs the layers: the residual stream behind them, and what is explained of each where the tape records.</summary>
    /// <param name="tape">Where the run is recorded, or not.</param>
    /// <param name="mark">The run's begin on the tape.</param>
    /// <param name="tokens">Residual stream in front of the first layer (B, L, d).</param>
    /// <param name="layout">What the tokens stand for.</param>
    /// <param name="conditions">Memory, cuts, drop path.</param>
    internal (
        Value<T> Stream,
        IReadOnlyList<LayerTrace<T>> Layers) Run<T>(Tape<T> tape,
        int mark,
        Value<T> tokens,
        TokenLayout layout,
        RunConditions<T> conditions = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (r, traces, branches) = (tokens, new List<LayerTrace<T>>(), 0);
        var positions = new RunPositions<T>(layout.Length, conditions.State?.Position ?? 0, layout.Grid);
        for (var layer = 0; layer < layers.Count; layer++)
        {
            var (at, input, first) = (layer, r, branches);
            var trace = tape.Layer(
                () => Layer(tape, at, input, layout, positions, conditions, first),
                done => done.Output,
                conditions.Watch is { } watch ? done => watch(at, done) : null);
            r = trace.Output;
            branches += layers[layer].Count;
            tape.Release(mark, keep: r);
            if (tape.IsRecording)
            {
                traces.Add(trace);
            }
        }

        return (r, traces);
    }

    private LayerTrace<T> Layer<T>(
        Tape<T> tape, int layer, Value<T> input, TokenLayout layout, RunPositions<T> positions, RunConditions<T> conditions,
        int firstBranch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (r, branches, mixing, state) = (input, firstBranch, 0, conditions.State?.Layers[layer]);
        var (mixers, parts) = (new List<MixerTrace<T>>(), new List<LayerPart<T>>());
        var cuts = conditions.Knockouts.In(layer);
        foreach (var branch in layers[layer])
        {
            var stream = branch.IsParallel ? input : r;
            stream = branch.Norm?.Of(tape, stream) ?? stream;
            Value<T>? sum = null;
            foreach (var part in branch.Parts)
            {
                var memory = part.Shape is null ? null : state?.Part(mixing++);
                var output = part.Forward(tape, new(stream, positions, memory, cuts.On(part.Shape)));
                parts.Add(new(part.Shape, output.Output, output.Experts));
                sum = sum is null ? output.Output : tape.Sum(sum, output.Output);
                if (output.Trace is not null)
                {
                    mixers.Add(output.Trace.Scaled(branch.Factor));
                }
            }

            sum = tape.Scale(sum!, branch.Factor);
            r = tape.Sum(r, conditions.DropPath is { } drop ? tape.ItemScale(sum, drop(branches)) : sum);
            branches++;
        }

        return new(input, r, layout, mixers) { Parts = parts };
    }

    private static LayerShape Of(IReadOnlyList<ResidualBranch> layer)
        => new([.. Parts(layer).Select(part => part.Shape).OfType<MixerShape>()])
        {
            Experts = Parts(layer).Select(part => part.Experts).DefaultIfEmpty().Max(),
        };

    private static IEnumerable<IMixer> Parts(IEnumerable<ResidualBranch> layer) => layer.SelectMany(branch => branch.Parts);
}
