namespace Mambascope.Evaluation.Published;

/// <summary>A column of the published comparison.</summary>
public enum PublishedModel
{
    /// <summary>Vision Mamba, small: Vim-S, 224 x 224 pixels.</summary>
    Mamba,

    /// <summary>The transformer of the same size: DeiT-S, not distilled.</summary>
    Transformer,
}

/// <summary>A row group of the published comparison.</summary>
public enum PublishedMethod
{
    /// <summary>Attention as it is.</summary>
    RawAttention,

    /// <summary>Attention rollout.</summary>
    Rollout,

    /// <summary>Mamba-Attribution, or Transformer-Attribution.</summary>
    Attribution,

    /// <summary>MambaLRP in the place of Mamba-Attribution.</summary>
    MambaLrp,
}

/// <summary>The names that the tables give to both.</summary>
public static class PublishedNames
{
    /// <summary>The name of a column.</summary>
    public static string Of(PublishedModel model) => model == PublishedModel.Mamba ? "Mamba" : "Transformer";

    /// <summary>The name of a method.</summary>
    public static string Of(PublishedMethod method) => method switch
    {
        PublishedMethod.RawAttention => "Raw-Attention",
        PublishedMethod.Rollout => "Attn-Rollout",
        PublishedMethod.Attribution => "Attribution",
        _ => "Attribution (MambaLRP)",
    };
}
