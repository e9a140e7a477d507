using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// What input x gradient and the relevance rules written in its form share: token times adjoint at the first block's input, summed over
/// channels; the adjoint is the gradient, or what rules put in its place. With a reference, what the input put at the token less the mean
/// of that stands in the token's place (see <see cref="InputReference"/>); the adjoint stays.
/// </summary>
public abstract class TokenRelevance : AttributionMethod
{
    private protected TokenRelevance()
    {
    }

    /// <inheritdoc/>
    public override bool IsClassSpecific => true;

    /// <inheritdoc/>
    public sealed override IReadOnlyList<AttributionOption> Options => IsOfRules ? [AttributionOption.Reference] : [];

    /// <inheritdoc/>
    public sealed override IReadOnlyList<AttributionOptions> Forms
        => IsOfRules
            ? [.. Enum.GetValues<InputReference>().Select(reference => new AttributionOptions { Reference = reference })]
            : [new()];

    /// <inheritdoc/>
    public sealed override string? Form(AttributionOptions options)
        => IsOfRules && AttributionOption.Reference.IsSet(options) ? AttributionOption.Reference.Word(options) : null;

    private bool IsOfRules => RulesOf<double>() is not null;

    /// <summary>Rules that stand in for gradients; null for the gradient.</summary>
    private protected abstract RuleSet<T>? RulesOf<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <inheritdoc/>
    protected sealed override IReadOnlyList<RelevanceMap<T>> Compute<T>(MethodRun<T> run)
    {
        var inputs = ReferenceInput.Of(run.Decision, run.Options.Reference);
        if (RulesOf<T>() is not { } rules)
        {
            return Maps(run, inputs, run.Decision.TokenGradient(run.Cancellation));
        }

        using var replay = Backward(run, rules);
        return Maps(run, inputs, replay[run.Trace.Tokens]);
    }

    // Of measurements on to what was measured; with a reference it is no longer the values that count.
    private static IReadOnlyList<RelevanceMap<T>> Maps<T>(MethodRun<T> run, Activation<T> inputs, Activation<T> adjoints)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var maps = run.Decision.Maps(OverChannels(inputs, adjoints));
        return run.Options.Reference == InputReference.None ? InputRelevance.Reach(maps, run.Trace, adjoints) : maps;
    }

    /// <summary>The replay from what is explained to the tokens: from the class's score, unless the method says otherwise.</summary>
    private protected virtual Replay<T> Backward<T>(MethodRun<T> run, RuleSet<T> rules)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => run.Backward([run.Trace.Tokens], rules);

    internal override PiecewiseMap<T> InPieces<T>(AttributionOptions options, T[] seed)
        => options.Reference == InputReference.None
            ? new PiecewiseRelevance<T>(RulesOf<T>(), PieceSeed(seed))
            : throw new BadInputException(
                "long texts are explained piece by piece, from the end, before their mean token is known; leave the reference of "
                    + $"{Name} out");

    /// <summary>Where a text in pieces is explained from, and with what adjoint.</summary>
    /// <param name="scores">Adjoints of the scores behind the last token.</param>
    private protected virtual PieceSeed<T> PieceSeed<T>(T[] scores)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => trace => (trace.Logits, Activation<T>.Of(scores, 1, 1, scores.Length));

    /// <summary>Token times adjoint, summed over channels: (Batch, L, 1).</summary>
    internal static Activation<T> Of<T>(Trace<T> trace, Replay<T> replay)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => OverChannels(trace.Tokens.Data, replay[trace.Tokens]);

    /// <summary>Sum over channels of a ⊙ b: (Batch, L, 1).</summary>
    internal static Activation<T> OverChannels<T>(Activation<T> a, Activation<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sums = Activation<T>.Zeros(a.Batch, a.Length, 1);
        for (var row = 0; row < a.Rows; row++)
        {
            var left = a.Row(row);
            var right = b.Row(row);
            for (var i = 0; i < left.Length; i++)
            {
                sums.Row(row)[0] += left[i] * right[i];
            }
        }

        return sums;
    }
}
