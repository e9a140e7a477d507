using Mambascope.Checkpoints;

namespace Mambascope.Models;

/// <summary>
/// What the tensors of a Mamba language model are called by those who wrote them, against Hugging Face's names, by which the weights are
/// asked for.
/// </summary>
/// <param name="Layers">What stands before the number of a layer.</param>
/// <param name="Embedding">The embedding.</param>
/// <param name="FinalNorm">The norm in front of the head.</param>
internal sealed record LanguageLayout(string Layers, string Embedding, string FinalNorm)
{
    private const string StandardLayers = "backbone.layers.";
    private const string StandardNorm = "backbone.norm_f.weight";

    private static readonly LanguageLayout huggingFace = new(StandardLayers, LanguageTensors.EmbeddingName, StandardNorm);
    private static readonly LanguageLayout official = new(StandardLayers, "backbone.embedding.weight", StandardNorm);

    private static readonly LanguageLayout[] all =
    [
        huggingFace,
        official,
        new("layers.", "embeddings.weight", "norm_f.weight"), // MambaModel: neither head nor prefix
        new("layers.", "embedding.weight", "norm_f.weight"), // mamba-minimal
        new("mamba.layers.", "embedding.weight", "norm_f.weight"), // mamba.py
    ];

    // A Vision Mamba has the same blocks, whatever it is kept as.
    private const string OfPictures = "patch_embed.proj.weight";

    /// <summary>Whether it is that of the original release.</summary>
    public bool IsOfficial => this == official;

    /// <summary>
    /// The layout of a checkpoint whose first layer has a tensor of its mixer; null where there is none of such a name. A file without an
    /// embedding is taken for one of Hugging Face's, which is then missed by name.
    /// </summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="sign">Name of a tensor that every mixer of the kind has: "x_proj.weight".</param>
    public static LanguageLayout? Of(Checkpoint checkpoint, string sign)
    {
        var tensors = checkpoint.Tensors;
        if (tensors.Keys.Any(name => name.EndsWith(OfPictures, StringComparison.Ordinal)))
        {
            return null;
        }

        return all.FirstOrDefault(layout => tensors.ContainsKey(layout.Mixer + sign) && tensors.ContainsKey(layout.Embedding))
            ?? (tensors.ContainsKey(huggingFace.Mixer + sign) ? huggingFace : null);
    }

    /// <summary>What stands before the names of the first layer's mixer.</summary>
    public string Mixer => Layers + "0.mixer.";

    /// <summary>The name in the file of what Hugging Face calls <paramref name="name"/>.</summary>
    public string Stored(string name) => name switch
    {
        LanguageTensors.EmbeddingName => Embedding,
        StandardNorm => FinalNorm,
        _ when name.StartsWith(StandardLayers, StringComparison.Ordinal) => Layers + name[StandardLayers.Length..],
        _ => name,
    };
}
