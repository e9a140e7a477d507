using System.Numerics;
using Mambascope.Attention;
using Mambascope.Autodiff;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// Raw attention: what the explained token takes from every token, averaged over channels (or heads) and layers (Ali, Zimerman and Wolf,
/// section 3.3, which finds the average over layers better than the last layer alone). Of scans exact mode reads the whole mixer T', paper
/// mode the scan alone; of softmax attention it reads the probabilities. Mixers side by side are added up, those of a hybrid after rows are
/// scaled (<see cref="MixedKinds"/>); tokens that are joined between stages hand their share back.
/// </summary>
public sealed class RawAttention : AttentionMethod
{
    /// <summary>The method for models with scans.</summary>
    public RawAttention() : this(model: null) { }

    private RawAttention(ModelShape? model) : base(model) { }

    /// <inheritdoc/>
    public override string Name => "raw";

    /// <inheritdoc/>
    public override string Title => "raw attention";

    /// <inheritdoc/>
    public override string Description
        => IsSoftmax
            ? "attention of the explained token, mean over heads and layers"
            : "hidden attention of the explained token, mean over channels and layers";

    private protected override IReadOnlyList<AttributionOption> OfScans
        => [
            AttributionOption.StartLayer, .. HasStages ? new[] { AttributionOption.Stage } : [], AttributionOption.Reduction,
            AttributionOption.Sign,
        ];

    private protected override IReadOnlyList<AttributionOption> OfSoftmax => [AttributionOption.StartLayer];

    /// <inheritdoc/>
    protected override IReadOnlyList<RelevanceMap<T>> Compute<T>(MethodRun<T> run)
    {
        var options = run.Options;
        if (options.Mode == AttributionMode.Official)
        {
            return OfficialCode.RawAttention(run);
        }

        var walk = Walk(run, (_, _, mixing, v) => Rows(run.Trace.Tape, mixing, v, options));
        return options.Stage is null
            ? run.Decision.Maps(Row(walk, options, isFromEnd: false))
            : run.Decision.Maps(Mean(walk, isFromEnd: false, (_, row) => row), run.Trace.Layers[walk.Layers[0]].Layout);
    }

    internal override RunningMap<T>? WhileRunning<T>(ModelShape model, AttributionOptions options, int token, int length)
    {
        if (options.Mode == AttributionMode.Official || options.Stage is not null || model.HasStages)
        {
            return null;
        }

        var (mixed, start) = (MixedKinds.Of(model, options), options.StartLayer ?? 0);
        int[] mixing =
        [
            .. Enumerable.Range(start, Math.Max(0, model.Layers.Count - start))
                .Where(layer => model.Layers[layer].Mixers.Any(mixer => mixed?.Only is not { } only || mixer.Kind == only)),
        ];
        var v = Activation<T>.Zeros(1, length, 1);
        v.Row(token)[0] = T.One;
        return new Running<T>(this, options, mixed, mixing, v);
    }

    // The rows of a mixer as they enter the mean over layers.
    private Activation<T> Rows<T>(Tape<T> tape, TokenMixing<T> mixing, Activation<T> v, AttributionOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var rows = mixing.Rows(tape.Workers, tape.Pool, View(options), v, options.Sign ?? SignRule.Keep, options.Reduction);
        for (var item = 0; IsHybrid && options.Kind is null && item < rows.Batch; item++)
        {
            MixedKinds.ScaleRow(rows.Item(item).Extent);
        }

        return rows;
    }

    internal override Activation<T> Row<T>(LayerWalk<T> walk, AttributionOptions options, bool isFromEnd)
        => Mean(walk, isFromEnd, walk.ToFirst);

    // The mean over layers of the rows, each brought to the tokens of the map.
    private static Activation<T> Mean<T>(LayerWalk<T> walk, bool isFromEnd, Func<int, Activation<T>, Activation<T>> toMap)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var layers = walk.Mixing;
        Activation<T>? total = null;
        foreach (var layer in isFromEnd ? layers.Reverse() : layers)
        {
            var row = toMap(layer, walk.Product(layer, walk.Start(layer)));
            Add(row, total ??= Activation<T>.Zeros(row.Batch, row.Length, 1), layers.Count);
        }

        return total ?? Activation<T>.Zeros(walk.Trace.Tokens.Data.Batch, walk.Trace.Length, 1);
    }

    private static void Add<T>(Activation<T> row, Activation<T> mean, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < mean.Rows; i++)
        {
            mean.Row(i)[0] += row.Row(i)[0] / T.CreateTruncating(count);
        }
    }

    private sealed class Running<T>(
        RawAttention method, AttributionOptions options, MixedKinds? mixed, int[] mixing, Activation<T> v) : RunningMap<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Activation<T> mean = Activation<T>.Zeros(1, v.Length, 1);

        public override void See(int number, LayerTrace<T> layer, Tape<T> tape)
        {
            if (mixing.Contains(number))
            {
                var product = new LayerProduct<T>((_, _, each, weights) => method.Rows(tape, each, weights, options), mixed);
                Add(product.Product(number, layer, v), mean, mixing.Length);
            }
        }

        public override Activation<T> Finish() => mean;
    }

    private protected override AttentionMethod With(ModelShape model) => new RawAttention(model);
}
