using Mambascope.Checkpoints;

namespace Mambascope.Models;

/// <summary>What the tensors of a vision transformer are called by those who wrote them, against timm's names.</summary>
internal abstract class VisionTransformerLayout
{
    /// <summary>What stands before the number of a layer.</summary>
    public abstract string Layers { get; }

    /// <summary>The classifier.</summary>
    public string Head => Stored("head.weight");

    /// <summary>Added to the variance in every norm, where no config.json says it.</summary>
    public virtual double NormEpsilon => 1e-6;

    /// <summary>What is beside the model and has no part in its answers.</summary>
    public virtual string[] Ignored => [];

    /// <summary>The layout of a checkpoint; null where it holds no such model.</summary>
    public static VisionTransformerLayout? Of(Checkpoint checkpoint)
        => new VisionTransformerLayout[] { new Timm(), new HuggingFace("vit."), new HuggingFace("deit."), new Torchvision() }
            .FirstOrDefault(layout => checkpoint.Tensors.ContainsKey(layout.Parts("blocks.0.attn.qkv.weight")[0]));

    /// <summary>The name in the file of what timm calls <paramref name="name"/>.</summary>
    public abstract string Stored(string name);

    /// <summary>The tensors that make one of timm's, one below the other: several where q, k and v are kept apart.</summary>
    public virtual string[] Parts(string name) => [Stored(name)];

    /// <summary>timm's names, and those of the DeiT release.</summary>
    private sealed class Timm : VisionTransformerLayout
    {
        public override string Layers => "blocks.";

        public override string[] Ignored => ["pooler."];

        public override string Stored(string name) => name;
    }

    /// <summary>ViTForImageClassification and DeiTForImageClassification.</summary>
    private sealed class HuggingFace(string prefix) : VisionTransformerLayout
    {
        private static readonly string[] projections = ["query", "key", "value"];

        public override string Layers => prefix + "encoder.layer.";

        public override double NormEpsilon => 1e-12;

        public override string[] Ignored => [prefix + "pooler."];

        public override string Stored(string name)
            => name.StartsWith("head.", StringComparison.Ordinal) ? name.Replace("head.", "classifier.", StringComparison.Ordinal)
            : prefix + name
                .Replace("pos_embed", "embeddings.position_embeddings", StringComparison.Ordinal)
                .Replace("cls_token", "embeddings.cls_token", StringComparison.Ordinal)
                .Replace("patch_embed.proj", "embeddings.patch_embeddings.projection", StringComparison.Ordinal)
                .Replace("blocks.", "encoder.layer.", StringComparison.Ordinal)
                .Replace("norm1", "layernorm_before", StringComparison.Ordinal)
                .Replace("norm2", "layernorm_after", StringComparison.Ordinal)
                .Replace("attn.qkv", "attention.attention.qkv", StringComparison.Ordinal)
                .Replace("attn.proj", "attention.output.dense", StringComparison.Ordinal)
                .Replace("mlp.fc1", "intermediate.dense", StringComparison.Ordinal)
                .Replace("mlp.fc2", "output.dense", StringComparison.Ordinal) switch
            {
                "norm.weight" => "layernorm.weight",
                "norm.bias" => "layernorm.bias",
                var other => other,
            };

        public override string[] Parts(string name)
            => name.Contains(".attn.qkv.", StringComparison.Ordinal)
                ? Array.ConvertAll(projections, which => Stored(name).Replace("qkv", which, StringComparison.Ordinal))
                : [Stored(name)];
    }

    /// <summary>torchvision's vit_b_16 and its like.</summary>
    private sealed class Torchvision : VisionTransformerLayout
    {
        public override string Layers => "encoder.layers.encoder_layer_";

        public override string Stored(string name) => name switch
        {
            "cls_token" => "class_token",
            "pos_embed" => "encoder.pos_embedding",
            _ when name.StartsWith("patch_embed.proj.", StringComparison.Ordinal) => "conv_proj." + name["patch_embed.proj.".Length..],
            _ when name.StartsWith("norm.", StringComparison.Ordinal) => "encoder.ln." + name["norm.".Length..],
            _ when name.StartsWith("head.", StringComparison.Ordinal) => "heads." + name,
            _ => name
                .Replace("blocks.", Layers, StringComparison.Ordinal)
                .Replace(".norm1.", ".ln_1.", StringComparison.Ordinal)
                .Replace(".norm2.", ".ln_2.", StringComparison.Ordinal)
                .Replace(".attn.qkv.", ".self_attention.in_proj_", StringComparison.Ordinal)
                .Replace(".attn.proj.", ".self_attention.out_proj.", StringComparison.Ordinal)
                .Replace(".mlp.fc1.", ".mlp.0.", StringComparison.Ordinal)
                .Replace(".mlp.fc2.", ".mlp.3.", StringComparison.Ordinal),
        };
    }
}
