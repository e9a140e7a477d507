using System.Collections.Immutable;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// All methods by name. One of your own joins the list for as long as you hold what <see cref="Register"/> returns; every verb of the
/// command line then knows it.
/// </summary>
public static class AttributionMethods
{
    private static readonly AttributionMethod[] own =
    [
        new RawAttention(), new TransformerRawLast(), new AttentionRollout(), new MambaAttribution(), new MambaLrp(), new StateLrp(),
        new AltiRows(), new AltiRollout(), new AltiLogit(),
        new TransformerAttribution(), new LrpRollout(), new PartialLrp(), new FullLrp(),
        new GenericAttention(), new AttentionGradCam(), new TransitionAttention(), new ConservativeLrp(), new AttentionLrp(),
        new InputXGradient(), new IntegratedGradients(), new SmoothGrad(),
        new GradCam(), new HiResCam(), new Occlusion(), new KernelShap(),
    ];

    private static ImmutableArray<AttributionMethod> all = [.. own];

    /// <summary>In the order in which they are shown.</summary>
    public static IReadOnlyList<AttributionMethod> All => all;

    /// <summary>Adds a method, last in the list, until the result is disposed of.</summary>
    /// <exception cref="ArgumentException">Its name is taken.</exception>
    public static IDisposable Register(AttributionMethod method)
    {
        ArgumentNullException.ThrowIfNull(method);
        ImmutableInterlocked.Update(ref all, list => list.Any(other => other.Name == method.Name)
            ? throw new ArgumentException($"The method {method.Name} cannot be registered: its name is taken", nameof(method))
            : list.Add(method));
        return new Registration(method);
    }

    /// <summary>The methods that can explain such a model, as they are for it.</summary>
    public static IReadOnlyList<AttributionMethod> For(ModelShape model)
        => [.. All.Where(method => method.CanExplain(model)).Select(method => method.For(model))];

    /// <summary>The method of that name that can explain such a model.</summary>
    /// <exception cref="BadInputException">There is no such method, or it cannot explain such a model.</exception>
    public static AttributionMethod Find(string name, ModelShape model)
    {
        if (name == "attribution" && model.IsOnly(MixerKind.Softmax))
        {
            name = "transformer-attribution"; // what the paper's tables call Attribution in either column
        }

        var method = All.FirstOrDefault(method => method.Name == name)
            ?? throw new BadInputException($"there is no method {name}; this model can be explained by {Names(model)}");
        return method.WhyNot(model) is { } reason
            ? throw new BadInputException($"{reason}; it can be explained by {Names(model)}")
            : method.For(model);
    }

    private static string Names(ModelShape model) => string.Join(", ", For(model).Select(method => method.Name));

    private sealed class Registration(AttributionMethod method) : IDisposable
    {
        public void Dispose() => ImmutableInterlocked.Update(ref all, list => list.Remove(method));
    }
}
