using MessagePack;
using MessagePack.Formatters;
using MessagePack.Resolvers;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Health;

/// <summary>What the hub sends as MessagePack: maps with the very names that JSON has, and numbers of 32 bits.</summary>
internal static class HubMessagePack
{
    public static MessagePackSerializerOptions Options { get; } = MessagePackSerializerOptions.Standard
        .WithSecurity(MessagePackSecurity.UntrustedData)
        .WithResolver(CompositeResolver.Create(
            [new FrameFormatter(), new StatusFormatter(), new AnswerFormatter(), new EntryFormatter()], [StandardResolver.Instance]));

    private static void Member(this ref MessagePackWriter writer, string name, string value)
    {
        writer.Write(name);
        writer.Write(value);
    }

    private static void Member(this ref MessagePackWriter writer, string name, long value)
    {
        writer.Write(name);
        writer.Write(value);
    }

    private static void Member(this ref MessagePackWriter writer, string name, float? value)
    {
        writer.Write(name);
        if (value is { } known)
        {
            writer.Write(known);
        }
        else
        {
            writer.WriteNil();
        }
    }

    private abstract class WriteOnly<T> : IMessagePackFormatter<T>
    {
        public abstract void Serialize(ref MessagePackWriter writer, T value, MessagePackSerializerOptions options);

        public T Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
            throw new MessagePackSerializationException($"{typeof(T).Name} is only sent.");
    }

    private sealed class FrameFormatter : WriteOnly<Frame>
    {
        public override void Serialize(ref MessagePackWriter writer, Frame value, MessagePackSerializerOptions options)
        {
            writer.WriteMapHeader(16);
            writer.Member("sequence", value.Sequence);
            writer.Member("at", value.At);
            writer.Member("service", value.Service);
            writer.Member("environment", value.Environment);
            writer.Member("freshness", value.Freshness);
            writer.Member("ageSeconds", value.AgeSeconds);
            writer.Member("periodSeconds", value.PeriodSeconds);
            writer.Member("errorRate", value.ErrorRate);
            writer.Member("latencyMean", value.LatencyMean);
            writer.Member("latencyP50", value.LatencyP50);
            writer.Member("latencyP95", value.LatencyP95);
            writer.Member("latencyP99", value.LatencyP99);
            writer.Member("throughput", value.Throughput);
            writer.Member("cpuUtilization", value.CpuUtilization);
            writer.Member("activeConnections", value.ActiveConnections);
            writer.Member("instances", value.Instances);
        }
    }

    private sealed class StatusFormatter : WriteOnly<ConsoleStatus>
    {
        public override void Serialize(ref MessagePackWriter writer, ConsoleStatus value, MessagePackSerializerOptions options)
        {
            writer.WriteMapHeader(8);
            writer.Member("at", value.At);
            writer.Member("flagsShed", value.FlagsShed);
            writer.Member("activeRuns", value.ActiveRuns);
            writer.Write("leverEngaged");
            writer.Write(value.LeverEngaged);
            writer.Member("leverActor", value.LeverActor);
            writer.Member("leverReason", value.LeverReason);
            writer.Member("storeProblem", value.StoreProblem);
            writer.Member("timelineSequence", value.TimelineSequence);
        }
    }

    private sealed class AnswerFormatter : WriteOnly<WatchAnswer>
    {
        public override void Serialize(ref MessagePackWriter writer, WatchAnswer value, MessagePackSerializerOptions options)
        {
            writer.WriteMapHeader(5);
            writer.Member("sequence", value.Sequence);
            writer.Member("at", value.At);
            writer.Write("services");
            writer.WriteArrayHeader(value.Services.Count);
            foreach (var frame in value.Services)
            {
                MessagePackSerializer.Serialize(ref writer, frame, options);
            }

            writer.Write("status");
            MessagePackSerializer.Serialize(ref writer, value.Status, options);
            writer.Member("slice", value.Slice);
        }
    }

    private sealed class EntryFormatter : WriteOnly<TimelineEntry>
    {
        public override void Serialize(ref MessagePackWriter writer, TimelineEntry value, MessagePackSerializerOptions options)
        {
            writer.WriteMapHeader(9);
            writer.Member("sequence", value.Sequence);
            writer.Member("at", WireTime.Write(value.At));
            writer.Member("actor", value.Actor);
            writer.Member("kind", value.Kind);
            writer.Member("subject", value.Subject);
            writer.Member("reason", value.Reason);
            writer.Write("data");
            writer.WriteMapHeader(value.Data.Count);
            foreach (var (name, text) in value.Data)
            {
                writer.Member(name, text);
            }

            writer.Member("hash", value.Hash);
            writer.Member("previousHash", value.PreviousHash);
        }
    }
}
