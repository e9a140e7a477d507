using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>All methods by name.</summary>
public static class AttributionMethods
{
    /// <summary>In the order in which they are shown.</summary>
    public static IReadOnlyList<AttributionMethod> All { get; } =

    [
        new RawAttention(), new TransformerRawLast(), new AttentionRollout(), new MambaAttribution(), new MambaLrp(),
        new TransformerAttribution(), new LrpRollout(), new PartialLrp(), new FullLrp(),
        new GenericAttention(), new AttentionGradCam(), new TransitionAttention(), new ConservativeLrp(), new AttentionLrp(),
        new InputXGradient(), new IntegratedGradients(), new SmoothGrad(),
    ];

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
}
