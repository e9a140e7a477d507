using System.Numerics;
using Mambascope.Attention;
using Mambascope.Autodiff;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// Attention rollout: the explained token's row of the product over layers of (I + M), M the mean over channels or heads, later layers from
/// the left (Abnar and Zuidema 2020; Ali, Zimerman and Wolf, equations 21 and 22). Of scans M is the whole mixer T' in exact mode, the
/// scan's alpha in paper mode, and with the default options no matrix is formed: each layer is one adjoint scan. Where there is softmax
/// attention only, rows of (I + M) are scaled to sum one. Mixers side by side are added up; matrices of a hybrid are on one scale
/// (<see cref="MixedKinds"/>). Where tokens are joined between stages the row goes on as v S.
/// </summary>
public sealed class AttentionRollout : AttentionMethod
{
    /// <summary>The method for models with scans.</summary>
    public AttentionRollout() : this(model: null) { }

    private AttentionRollout(ModelShape? model) : base(model) { }

    /// <inheritdoc/>
    public override string Name => "rollout";

    /// <inheritdoc/>
    public override string Title => "attention rollout";

    /// <inheritdoc/>
    public override string Description
        => IsSoftmax ? "attention multiplied through all layers" : "hidden attention multiplied through all layers";

    private protected override IReadOnlyList<AttributionOption> OfScans =>
    [
        AttributionOption.StartLayer, AttributionOption.Reduction, AttributionOption.Sign,
        AttributionOption.RowNormalisation, AttributionOption.ResidualWeight,
    ];

    private protected override IReadOnlyList<AttributionOption> OfSoftmax
        => [AttributionOption.StartLayer, AttributionOption.ResidualWeight];

    /// <inheritdoc/>
    protected override IReadOnlyList<RelevanceMap<T>> Compute<T>(MethodRun<T> run)
    {
        var (tape, options) = (run.Trace.Tape, run.Options);
        if (options.Mode == AttributionMode.Official)
        {
            return OfficialCode.Rollout(run);
        }

        var view = View(options);
        var walk = Walk(run, (_, _, mixing, v) => mixing.Product(tape.Workers, tape.Pool, view, v));
        var isByMatrix = !options.IsLinear || IsSoftmax || (IsHybrid && options.Kind != MixerKind.Scan);
        return run.Decision.Maps(isByMatrix ? Row(run, walk) : Row(walk, options, isFromEnd: true));
    }

    internal override Activation<T> Row<T>(LayerWalk<T> walk, AttributionOptions options, bool isFromEnd)
        => Row(walk, (layer, v) => RolloutProduct.Step(v, walk.Added(layer, v), options), options);

    // With a matrix a layer: for sign rules, reductions other than the mean, and rows that are scaled.
    private Activation<T> Row<T>(MethodRun<T> run, LayerWalk<T> walk)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var isSoftmax = IsSoftmax || (IsHybrid && run.Options.Kind == MixerKind.Softmax);
        var options = isSoftmax ? run.Options with { RowNormalisation = RowNormalisation.L1 } : run.Options;
        MatrixRequest<T> request = new() { View = View(options), Sign = options.Sign ?? SignRule.Keep, Reduction = options.Reduction };
        return Row(walk, (layer, v) =>
        {
            var (mixers, traces) = (walk.Mixers(layer), walk.Traces(layer));
            return RolloutProduct.Step(v, [.. Enumerable.Range(0, v.Batch).Select(item => Joined([.. mixers.Select((mixing, mixer) =>
            {
                run.Step(walk.Layers[^1] - layer, walk.Layers.Count);
                var matrix = mixing.Matrix(run.Trace.Tape.Workers, item, request, run.Cancellation);
                return matrix.Times(traces[mixer].Share);
            })]))], options);
        }, options);

        AttentionMatrix<T> Joined(IReadOnlyList<AttentionMatrix<T>> matrices)
            => IsHybrid && options.Kind is null ? MixedKinds.RowScaledMean(matrices) : MixedKinds.Sum(matrices);
    }

    private static Activation<T> Row<T>(
        LayerWalk<T> walk, Func<int, Activation<T>, Activation<T>> step, AttributionOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var v = walk.Start(walk.Layers[^1]);
        foreach (var layer in walk.Layers.Reverse())
        {
            v = walk.Mixers(layer).Count > 0 ? step(layer, v) : v;
            v = walk.InFront(layer, v);
        }

        v = walk.ToFirst(walk.Layers[0] - 1, v);
        RolloutProduct.TakeUnmixed(walk.Trace, walk.Layers, walk.Start, options, v);
        return v;
    }

    private protected override AttentionMethod With(ModelShape model) => new AttentionRollout(model);
}
