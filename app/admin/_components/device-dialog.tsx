"use client";

import type { ListedDevice } from "../../../node/backbone/pool/api.ts";
import { formatBytes, formatDateTime, formatDuration, formatNumber, regionName } from "../../_shared/node/format";
import { CopyText } from "../../_shared/ui/copy-text";
import { Dialog } from "../../_shared/ui/dialog";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Ago, State } from "./devices-table";

/** All that is known of a device. */
export function DeviceDialog({ device, onClose }: { device: ListedDevice; onClose: () => void }) {
  const { capabilities, offered } = device;
  const of = (part: string, whole: string) => `${part} of ${whole}`;
  return (
    <Dialog title={`Device ${device.node}`} onClose={onClose}>
      <Facts>
        <Fact name="State">
          <State online={device.online} />
        </Fact>
        <Fact name="Owner">
          <CopyText text={device.peerId} what="peer ID" />
        </Fact>
        <Fact name="Region">{regionName(device.region)}</Fact>
        <Fact name="Platform">{device.platform}</Fact>
        <Fact name="Processor">{capabilities.cpu.model || "unknown"}</Fact>
        <Fact name="Cores offered">{of(formatNumber(offered.cores), formatNumber(capabilities.cpu.cores))}</Fact>
        <Fact name="Memory offered">{of(formatBytes(offered.memoryBytes), formatBytes(capabilities.memoryBytes))}</Fact>
        <Fact name="Storage offered">
          {of(formatBytes(offered.storageBytes), formatBytes(capabilities.storageBytes))}
        </Fact>
        <Fact name="GPUs offered">{of(formatNumber(offered.gpus), formatNumber(capabilities.gpus.length))}</Fact>
        {capabilities.gpus.length > 0 && (
          <Fact name="GPUs">{capabilities.gpus.map(({ name }) => name).join(", ")}</Fact>
        )}
        <Fact name="Load">{Math.round(device.loadPercent)} %</Fact>
        {device.temperatureC !== null && <Fact name="Temperature">{Math.round(device.temperatureC)} °C</Fact>}
        <Fact name="Machine runs for">{formatDuration(device.uptimeS * 1_000)}</Fact>
        <Fact name="Last seen">
          <Ago atMs={device.lastSeenMs} />
        </Fact>
        <Fact name="Registered">{formatDateTime(device.registeredAtMs)}</Fact>
      </Facts>
    </Dialog>
  );
}
