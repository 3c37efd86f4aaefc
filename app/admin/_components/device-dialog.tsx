"use client";

import type { ListedDevice } from "../../../node/backbone/pool/api.ts";
import {
  formatBytes,
  formatDateTime,
  formatDuration,
  formatNumber,
  formatPercent,
  regionName,
} from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { CopyText } from "../../_shared/ui/copy-text";
import { Dialog } from "../../_shared/ui/dialog";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Ago, State } from "./devices-table";

/** All that is known of a device. */
export function DeviceDialog({ device, onClose }: { device: ListedDevice; onClose: () => void }) {
  const { capabilities, offered } = device;
  const of = (part: string, whole: string) => i18n._("{part} of {whole}", { part, whole });
  return (
    <Dialog title={i18n._("Device {node}", { node: device.node })} onClose={onClose}>
      <Facts>
        <Fact name={i18n._("State")}>
          <State online={device.online} />
        </Fact>
        <Fact name={i18n._("Owner")}>
          <CopyText text={device.peerId} what={i18n._("peer ID")} />
        </Fact>
        <Fact name={i18n._("Region")}>{regionName(device.region)}</Fact>
        <Fact name={i18n._("Platform")}>{device.platform}</Fact>
        <Fact name={i18n._("Processor")}>{capabilities.cpu.model || i18n._("unknown")}</Fact>
        <Fact name={i18n._("Cores offered")}>
          {of(formatNumber(offered.cores), formatNumber(capabilities.cpu.cores))}
        </Fact>
        <Fact name={i18n._("Memory offered")}>
          {of(formatBytes(offered.memoryBytes), formatBytes(capabilities.memoryBytes))}
        </Fact>
        <Fact name={i18n._("Storage offered")}>
          {of(formatBytes(offered.storageBytes), formatBytes(capabilities.storageBytes))}
        </Fact>
        <Fact name={i18n._("GPUs offered")}>
          {of(formatNumber(offered.gpus), formatNumber(capabilities.gpus.length))}
        </Fact>
        {capabilities.gpus.length > 0 && (
          <Fact name={i18n._("GPUs")}>{capabilities.gpus.map(({ name }) => name).join(", ")}</Fact>
        )}
        <Fact name={i18n._("Load")}>{formatPercent(Math.round(device.loadPercent))}</Fact>
        {device.temperatureC !== null && <Fact name={i18n._("Temperature")}>{Math.round(device.temperatureC)} °C</Fact>}
        <Fact name={i18n._("Machine runs for")}>{formatDuration(device.uptimeS * 1_000)}</Fact>
        <Fact name={i18n._("Last seen")}>
          <Ago atMs={device.lastSeenMs} />
        </Fact>
        <Fact name={i18n._("Registered")}>{formatDateTime(device.registeredAtMs)}</Fact>
      </Facts>
    </Dialog>
  );
}
